"""The work on one shard, which every engine does in the same way."""

from __future__ import annotations

import os
import platform
from pkgutil import resolve_name
from typing import TYPE_CHECKING

from huggingnersc.adapters.engines.run_folder import Failure
from huggingnersc.errors import HuggingNerscError, RunFailedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, TypeAlias

    from huggingnersc.adapters.engines.run_folder import RunFolder

    Task: TypeAlias = "Callable[[Mapping[str, Any], bytes], bytes]"

# A task makes the result of the items of a shard; the same items make the same bytes.
TASKS = {
    "hash": "huggingnersc.adapters.inventory.hash_files:hash_shard",
    "pack": "huggingnersc.adapters.packing.pack_shard:pack_shard",
}


def task_of(run: RunFolder) -> Task:
    """Return the function that works the shards of a run; it is imported only here."""
    task: Task = resolve_name(TASKS[run.spec.task])
    return task


def work_shard(run: RunFolder, number: int) -> None:
    """Work one shard, unless it is done.

    Raises:
        RunFailedError: it failed; the run's folder says why, for all to see.
    """
    if run.is_done(number):
        return
    try:
        items = run.shard(number)
        run.put_result(number, task_of(run)(run.spec.arguments, items), items=items)
    except Exception as error:
        message = _reason(error)
        note_failure(run, number, message)
        raise RunFailedError(
            f"Shard {number} failed on {_host()}: {message}",
            hint="Fix the cause, then run the same command again; what is done is kept.",
        ) from error


def note_failure(run: RunFolder, number: int, message: str) -> None:
    """Note in the folder of the run why a shard failed, and where."""
    failure = Failure(shard=number, host=_host(), job=job_name(), message=message)
    run.put_failure(failure)


def _reason(error: Exception) -> str:
    """Return why a shard failed, in one line."""
    said = " ".join(str(error).split())
    if isinstance(error, HuggingNerscError):
        return said
    if isinstance(error, OSError) and error.strerror:
        named = f": {error.filename}" if error.filename else ""
        return f"{error.strerror}{named}"
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _host() -> str:
    return os.environ.get("SLURMD_NODENAME") or platform.node()


def job_name() -> str:
    """Return the job of Slurm and its task, such as `12_3`; empty outside an array."""
    array, task = (os.environ.get(f"SLURM_ARRAY_{name}", "") for name in ("JOB_ID", "TASK_ID"))
    return f"{array}_{task}" if array and task else ""
