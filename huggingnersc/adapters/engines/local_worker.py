"""A worker process of the local engine.

`python -m huggingnersc.adapters.engines.local_worker RUN` reads numbers of shards from its input,
one a line, and answers each with a byte: whether it is done or failed. It ends with its input, so
also when the process that started it is killed.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

from huggingnersc.adapters.engines.run_folder import RunFolder
from huggingnersc.adapters.engines.worker import work_shard
from huggingnersc.errors import RunFailedError

DONE, FAILED = b"d", b"f"


def main() -> None:
    """Work the shards whose numbers come in."""
    run = RunFolder.open(Path(sys.argv[1]))
    while line := sys.stdin.buffer.readline():
        answer = DONE
        try:
            work_shard(run, int(line))
        except RunFailedError:
            answer = FAILED
        os.write(sys.stdout.fileno(), answer)


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        main()
