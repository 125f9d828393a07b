"""What was given to Slurm for a run: array jobs, each task with some of the shards.

jobs/00001.json   the shards of each task, and what the node must see
jobs/00001.sh     the batch script
jobs/00001.id     the number of the job, written as soon as `sbatch` has answered
"""

from __future__ import annotations

import heapq
import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.files.whole_file import write_whole
from huggingnersc.errors import RunDamagedError, RunFailedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from huggingnersc.adapters.engines.run_folder import RunFolder, ShardSize

MOST_TASKS = 1000  # of an array; Slurm allows 1001 by default
_FILE_WEIGHT = 1_000_000  # opening a file takes as long as reading this many bytes
_TASK_WEIGHT = 32_000_000_000  # a task of a few minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """An array job of a run.

    Attributes:
        number: counts the submissions of the run from 1.
        name: the name of the job, by which it is found where the answer of `sbatch` was lost.
        tasks: the shards of each task of the array.
        root: the folder of the data; empty where the task reads none.
        root_inode: its inode where it was submitted, so that an empty folder, on which nothing
            is mounted, is not taken for it.
        job_id: the number of the job; empty where it is not known to be submitted.
    """

    number: int
    name: str
    tasks: tuple[tuple[int, ...], ...]
    root: str
    root_inode: int
    job_id: str = ""


def tasks_of(sizes: Mapping[int, ShardSize], *, at_a_time: int) -> tuple[tuple[int, ...], ...]:
    """Return the shards of each task: balanced by their work, at most 1,000 tasks.

    Args:
        sizes: how much work each shard is, by its number.
        at_a_time: how many tasks may run at a time; there are as many, if there is enough work.
    """
    weights = {number: _weight(size) for number, size in sizes.items()}
    wanted = max(at_a_time, -(-sum(weights.values()) // _TASK_WEIGHT))
    count = min(len(weights), MOST_TASKS, wanted)
    tasks: list[list[int]] = [[] for _ in range(count)]
    heap = [(0, task) for task in range(count)]
    for number in sorted(weights, key=lambda number: (-weights[number], number)):
        load, task = heapq.heappop(heap)
        tasks[task].append(number)
        heapq.heappush(heap, (load + weights[number], task))
    return tuple(tuple(sorted(task)) for task in tasks)


def _weight(size: ShardSize) -> int:
    return size.size_bytes + size.files * _FILE_WEIGHT


def submissions(run: RunFolder) -> list[Submission]:
    """Return what was given to Slurm for a run, oldest first.

    Raises:
        RunDamagedError: a file of them cannot be read.
    """
    files = sorted((run.path / "jobs").glob("[0-9]*.json"))
    return [read_submission(run, int(file.stem)) for file in files]


def read_submission(run: RunFolder, number: int) -> Submission:
    """Return one submission of a run.

    Raises:
        RunDamagedError: it cannot be read.
    """
    file = _file(run, number, "json")
    try:
        values = json.loads(file.read_bytes())
        values["tasks"] = tuple(map(tuple, values["tasks"]))
        return Submission(**values | {"job_id": _job_id(run, number)})
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise RunDamagedError(f"{file} cannot be read: {error}.") from error


def write_submission(run: RunFolder, submission: Submission, script: str) -> Path:
    """Write what is about to be submitted; return the path of the batch script."""
    values = asdict(submission)
    del values["job_id"]
    file = _file(run, submission.number, "sh")
    write_whole(file, script.encode(errors="surrogateescape"))
    write_whole(_file(run, submission.number, "json"), json.dumps(values).encode() + b"\n")
    return file


def write_job_id(run: RunFolder, number: int, job_id: str) -> None:
    """Note the number of the job of a submission."""
    write_whole(_file(run, number, "id"), job_id.encode() + b"\n")


def forget_submission(run: RunFolder, number: int) -> None:
    """Remove a submission that Slurm refused."""
    for kind in ("json", "sh"):
        _file(run, number, kind).unlink(missing_ok=True)


def require_data(submission: Submission) -> None:
    """Make sure that this machine sees the data as the one that submitted the work.

    Raises:
        RunFailedError: it does not.
    """
    if not submission.root:
        return
    try:
        inode = Path(submission.root).stat().st_ino
    except OSError as error:
        reason = error.strerror or str(error)
        raise RunFailedError(
            f"the data cannot be read there: {submission.root}: {reason}"
        ) from error
    if inode != submission.root_inode:
        raise RunFailedError(
            f"the data is not there: {submission.root} is another folder than where the run "
            "was submitted, as when a file system is not mounted"
        )


def shards_of(pairs: Iterable[tuple[Submission, int]]) -> set[int]:
    """Return the shards of some tasks."""
    return {shard for submission, task in pairs for shard in submission.tasks[task]}


def _job_id(run: RunFolder, number: int) -> str:
    with suppress(FileNotFoundError):
        return _file(run, number, "id").read_text(encoding="ascii").strip()
    return ""


def _file(run: RunFolder, number: int, kind: str) -> Path:
    return run.path / "jobs" / f"{number:05}.{kind}"
