"""Read numbered examples on several nodes: a stand-in for a loader that needs GPUs.

    srun python ranks_loader.py DATA_FILE

Every rank takes its share of the lines and reports to rank 0, which checks that all ranks came
and that each example was read once.
"""

import json
import os
import socket
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

RANK = int(os.environ["SLURM_PROCID"])
RANKS = int(os.environ["SLURM_STEP_NUM_TASKS"])
MEETING = os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"])


def gather(own: dict[str, list[str]]) -> list[dict[str, list[str]]]:
    """Meet the other ranks at rank 0; it gets what every rank brings."""
    with socket.create_server(MEETING) as server:
        server.settimeout(30)
        found = [own]
        while len(found) < RANKS:
            with server.accept()[0] as connection, connection.makefile() as stream:
                found.append(json.loads(stream.read()))
    return found


def bring(own: dict[str, list[str]]) -> None:
    """Hand the own share to rank 0, as soon as it is there."""
    for _ in range(300):
        with suppress(ConnectionRefusedError), socket.create_connection(MEETING) as connection:
            connection.sendall(json.dumps(own).encode())
            return
        time.sleep(0.1)
    sys.exit("rank 0 is not there")


def main() -> None:
    share = Path(sys.argv[1]).read_text().split()[RANK::RANKS]
    own = {"node": [os.environ["SLURMD_NODENAME"]], "examples": share}
    if RANK:
        bring(own)
        return
    found = gather(own)
    nodes = sorted(node for part in found for node in part["node"])
    counts = Counter(example for part in found for example in part["examples"])
    times = "once" if set(counts.values()) == {1} else "NOT ONCE"
    print(f"world size {len(found)}, on the nodes {', '.join(nodes)}")
    print(f"{len(counts)} examples, each read {times}")


if __name__ == "__main__":
    main()
