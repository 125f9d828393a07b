"""What the engine costs over the same work by hand in one `sbatch` array.

    .venv/bin/python -m benchmarks.slurm_overhead [ROUNDS]

Both hash 2 GiB in 64 files by an array job, at most 4 tasks at a time on two nodes, and end when
the sorted list is there. By hand these are 8 tasks with `openssl`, a look at the results every
0.2 s, and `sort`. The nodes share the processors of this machine, so the overhead counts, not the
speed-up. An array of 8 tasks that do nothing shows what Slurm itself takes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.timing import interleaved, table
from huggingnersc.adapters.engines.choice import EngineChoice, WorkProgress
from huggingnersc.adapters.engines.run_folder import RunFolder, RunSpec
from huggingnersc.api.versions.take_inventory import take_inventory
from huggingnersc.domain.engine_name import EngineName
from huggingnersc.domain.engine_settings import EngineSettings
from huggingnersc.fixes import Verb
from tests.slurm.cluster import SEARCHED, running_slurm

if TYPE_CHECKING:
    from collections.abc import Callable

TASKS, AT_A_TIME = 8, 4
FILES, FILE_BYTES = 64, 32 << 20  # 8 shards of 256 MiB
OPTIONS = ("--time=5",)
LOOK_S = 0.2
BY_HAND = r"""#!/bin/bash
cd {data} || exit 1
TASK=$SLURM_ARRAY_TASK_ID
xargs -0 openssl dgst -sha256 -r < {work}/part.$TASK > {work}/tmp.$TASK
mv {work}/tmp.$TASK {work}/done.$TASK
"""


def by_engine(data: Path, work: Path) -> None:
    """Take the inventory as `snapshot-dataset --engine slurm` does."""
    spec = RunSpec(
        run_id="benchmark",
        verb=Verb.SNAPSHOT_DATASET,
        engine="local",
        task="hash",
        created_at="2026-11-22T00:00:00Z",
        arguments={"root": str(data)},
        request={},
    )
    choice = EngineChoice(
        engine=EngineName.SLURM, jobs=AT_A_TIME, settings=EngineSettings(slurm=OPTIONS)
    )
    run = RunFolder.create(work, spec)
    inventory = take_inventory(data, run, engine=choice, progress=_unseen)
    assert inventory.hashed_files == FILES


def by_hand(data: Path, work: Path) -> None:
    """Do the same with the tools of the system."""
    names = sorted(path.name for path in data.iterdir())
    for part in range(TASKS):
        listed = b"".join(os.fsencode(name) + b"\0" for name in names[part::TASKS])
        (work / f"part.{part}").write_bytes(listed)
    _submitted(BY_HAND.format(data=data, work=work), work, TASKS)
    lines = [line for file in work.glob("done.*") for line in file.read_text().splitlines()]
    (work / "list").write_text("\n".join(sorted(lines, key=lambda line: line.split("*")[1])))
    assert len(lines) == FILES


def nothing(_data: Path, work: Path) -> None:
    """Submit tasks that only say that they ran: what Slurm itself takes."""
    _submitted(f"#!/bin/bash\ntouch {work}/done.$SLURM_ARRAY_TASK_ID\n", work, TASKS)


def _submitted(script: str, work: Path, tasks: int) -> None:
    file = work / "job.sh"
    file.write_text(script)
    array = f"--array=0-{tasks - 1}%{AT_A_TIME}"
    words = ["sbatch", "--parsable", *OPTIONS, array, f"--output={work}/log.%a", str(file)]
    subprocess.run(words, check=True, capture_output=True)
    while len(list(work.glob("done.*"))) < tasks:
        time.sleep(LOOK_S)


def _timed(work_of: Callable[[Path, Path], None], data: Path, place: Path) -> float:
    work = Path(tempfile.mkdtemp(dir=place))
    begun = time.perf_counter()
    work_of(data, work)
    elapsed = time.perf_counter() - begun
    shutil.rmtree(work, ignore_errors=True)
    return elapsed


def _unseen(_work: WorkProgress) -> None:
    pass


def main() -> None:
    """Print the medians and the ratios as a table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    shm = Path("/dev/shm")  # noqa: S108 - so that no disk counts
    with ExitStack() as stack:
        slurm = stack.enter_context(running_slurm(nodes=2, cpus=2))
        os.environ |= {"SLURM_CONF": str(slurm.conf), "PATH": SEARCHED}
        place = stack.enter_context(tempfile.TemporaryDirectory(dir=shm if shm.is_dir() else None))
        data = Path(place) / "data"
        data.mkdir()
        for number in range(FILES):
            with (data / f"{number:03}").open("wb") as file:
                file.truncate(FILE_BYTES)  # a hole is hashed like any bytes

        cases = {"engine": by_engine, "by hand": by_hand, "empty array": nothing}
        timed = {name: partial(_timed, work, data, Path(place)) for name, work in cases.items()}
        seconds = interleaved(timed, rounds=rounds)
    hand = seconds["by hand"]
    rows = [(name, f"{s:.2f}", f"{s / hand:.2f}") for name, s in seconds.items()]
    print(table(("case", "s", "x by hand"), rows))


if __name__ == "__main__":
    main()
