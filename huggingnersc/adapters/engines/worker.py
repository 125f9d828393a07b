"""The worker of Slurm: makes the results of shards, one after the other.

`python -m huggingnersc.adapters.engines.worker --run DIR --shard I` works one shard;
`--run DIR --submission N --task I` those of an array task of Slurm.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import traceback
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.engines.run_folder import RunFolder
from huggingnersc.adapters.engines.shard_work import job_name, note_failure, work_shard
from huggingnersc.adapters.engines.slurm_commands import requeue_task
from huggingnersc.adapters.engines.submission import read_submission, require_data
from huggingnersc.errors import HuggingNerscError, RunFailedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from huggingnersc.adapters.engines.submission import Submission

_FAILED = 1
_GRACE_S = 90  # of the 120 s between Slurm's warning and the time limit


def work_task(run: RunFolder, submission: Submission, task: int, life: TaskLife) -> int:
    """Work the shards of an array task; return the exit code.

    Before the time limit it is put back into the queue: after the shard it works on, or in the
    middle of it where that takes too long.

    Args:
        run: what it is a part of.
        submission: which shards it has, and what this node must see.
        task: its number.
        life: knows whether its time is over.
    """
    shards = [number for number in submission.tasks[task] if not run.is_done(number)]
    try:
        require_data(submission)
    except RunFailedError as error:
        for number in shards:
            note_failure(run, number, str(error))
        raise
    code = 0
    with life.listening():
        for number in shards:
            try:
                work_shard(run, number)
            except RunFailedError as error:
                code = _show(error)
            except TimeOver:
                return _requeued_in(run, number, life)
            life.has_progress = True
            if life.is_over and number != shards[-1]:
                return _requeued(life)
    return code


class TimeOver(BaseException):
    """The time limit is near, and the shard is not done."""


class TaskLife:
    """The life of an array task from one start to its end or its next requeueing.

    Args:
        job: its number and that of its task, such as `12_3`.
        restarts: how often it was requeued.
    """

    def __init__(self, job: str, *, restarts: int) -> None:
        self.job, self.restarts = job, restarts
        self.is_over = self.has_progress = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Within the block heed Slurm's warning, SIGUSR1, that the time limit is near.

        Raises:
            TimeOver: the block goes on for too long after it.
        """
        before = signal.signal(signal.SIGUSR1, self._warned)
        alarm = signal.signal(signal.SIGALRM, self._rung)
        try:
            yield
        finally:
            signal.alarm(0)
            signal.signal(signal.SIGALRM, alarm)
            signal.signal(signal.SIGUSR1, before)

    def _warned(self, _number: int, _frame: FrameType | None) -> None:
        if not self.is_over:
            self.is_over = True
            signal.alarm(_GRACE_S)

    def _rung(self, _number: int, _frame: FrameType | None) -> None:
        raise TimeOver


def _requeued_in(run: RunFolder, number: int, life: TaskLife) -> int:
    """Requeue a task in the middle of a shard, unless it would only begin that one once more."""
    if life.has_progress or not life.restarts:
        return _requeued(life)
    message = "it takes longer than the time limit; raise --time in engine.slurm of the site"
    note_failure(run, number, message)
    sys.stderr.write(f"error: Shard {number}: {message}\n")
    return _FAILED


def _requeued(life: TaskLife) -> int:
    job_id, _, task = life.job.partition("_")
    sys.stderr.write("The time limit is near; the rest is put back into the queue.\n")
    requeue_task(job_id, task)
    return 0


def _show(error: HuggingNerscError) -> int:
    """Print an error, and its traceback where it may be a bug; return the exit code."""
    cause = error.__cause__
    if cause is not None and not isinstance(cause, HuggingNerscError | OSError):
        traceback.print_exception(cause)
    sys.stderr.write(f"error: {error}\n")
    return _FAILED


def main(words: list[str] | None = None) -> int:
    """Work the shards or the array task on the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="worker", allow_abbrev=False)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--shard", type=int)
    parser.add_argument("--submission", type=int)
    parser.add_argument("--task", type=int)
    chosen = parser.parse_args(words)
    try:
        run = RunFolder.open(chosen.run)
        if chosen.shard is not None:
            work_shard(run, chosen.shard)
            return 0
        life = TaskLife(job_name(), restarts=int(os.environ.get("SLURM_RESTART_COUNT", "0")))
        return work_task(run, read_submission(run, chosen.submission), chosen.task, life)
    except HuggingNerscError as error:
        return _show(error)


if __name__ == "__main__":
    sys.exit(main())
