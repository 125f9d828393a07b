"""The worker of every engine: makes the results of shards, one after the other.

`python -m huggingnersc.adapters.engines.worker --run DIR --shard I` works one shard.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.engines.run_folder import Failure, RunFolder
from huggingnersc.errors import HuggingNerscError, RunFailedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, TypeAlias

    Task: TypeAlias = "Callable[[Mapping[str, Any], bytes], bytes]"

# A task makes the result of the items of a shard; the same items make the same bytes.
TASKS = {"hash": "huggingnersc.adapters.inventory.hash_files:hash_shard"}
_FAILED = 1


def task_of(run: RunFolder) -> Task:
    """Return the function that works the shards of a run; it is imported only here."""
    module, _, name = TASKS[run.spec.task].partition(":")
    task: Task = getattr(import_module(module), name)
    return task


def work_shard(run: RunFolder, number: int) -> None:
    """Work one shard, unless it is done.

    Raises:
        RunFailedError: it failed; the run's folder says why, for all to see.
    """
    if run.is_done(number):
        return
    try:
        run.put_result(number, task_of(run)(run.spec.arguments, run.shard(number)))
    except Exception as error:
        message = _reason(error)
        host, job = platform.node(), _job()
        run.put_failure(Failure(shard=number, host=host, job=job, message=message))
        raise RunFailedError(f"Shard {number} failed on {host}: {message}") from error


def _reason(error: Exception) -> str:
    """Return why a shard failed, in one line."""
    said = " ".join(str(error).split())
    if isinstance(error, HuggingNerscError):
        return said
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _job() -> str:
    array, task = (os.environ.get(f"SLURM_ARRAY_{name}", "") for name in ("JOB_ID", "TASK_ID"))
    return f"{array}_{task}" if array and task else ""


def main(words: list[str] | None = None) -> int:
    """Work the shards on the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="worker", allow_abbrev=False)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--shard", type=int, action="append", required=True)
    chosen = parser.parse_args(words)
    code = 0
    for number in chosen.shard:
        try:
            work_shard(RunFolder.open(chosen.run), number)
        except HuggingNerscError as error:
            sys.stderr.write(f"error: {error}\n")
            code = _FAILED
    return code


if __name__ == "__main__":
    sys.exit(main())
