"""Cancel the jobs of a run, and remove its folder where that is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.engines.explained_run import explained_run
from huggingnersc.adapters.engines.run_folder import remove_run
from huggingnersc.adapters.engines.run_id import require_run_id
from huggingnersc.adapters.engines.slurm import cancel, wait_for_end
from huggingnersc.adapters.engines.submission import submissions
from huggingnersc.api.runs.status_run import opened_run
from huggingnersc.api.site import resolve_site
from huggingnersc.errors import RunDamagedError, RunError
from huggingnersc.fixes import Fix, Message, Verb

if TYPE_CHECKING:
    from huggingnersc.adapters.engines.run_folder import RunFolder
    from huggingnersc.domain.site import Site

_END_S = 30  # for the jobs to end before the folder they write to is removed


class CancelOutcome(StrEnum):
    """How a cancellation ended."""

    CANCELLED = "cancelled"
    UNCHANGED = "unchanged"  # no job was active
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelledRun:
    """What was done to a run.

    Attributes:
        run_id: its name.
        outcome: cancelled, unchanged where no job was active, or deleted.
        jobs: the jobs of Slurm that were cancelled.
        folder: where the run is, or was, kept.
    """

    run_id: str
    outcome: CancelOutcome
    jobs: tuple[str, ...]
    folder: Path


def cancel_run(
    run_id: str, *, delete: bool = False, site: Site | str | None = None
) -> CancelledRun:
    """Cancel the jobs of a run; what is done is kept for `resume_run`, unless it is deleted.

    Args:
        run_id: the name of the run.
        delete: whether to remove the run, with all that is done.
        site: the site, its name or its TOML file; chosen by the environment when None.

    Raises:
        RunUnknownError: there is no such run.
        RunBusyError: a process works on it, on this or another machine.
        RunDamagedError: its folder cannot be read, and it is not to be deleted.
        RunError: Slurm does not answer or refuses.
    """
    chosen = resolve_site(site)
    root = Path(chosen.run_root)
    folder = root / require_run_id(run_id)
    with explained_run(root):
        return _ended(run_id, folder, chosen, delete=delete)


def _ended(run_id: str, folder: Path, chosen: Site, *, delete: bool) -> CancelledRun:
    try:
        run = opened_run(run_id, chosen)
    except RunDamagedError:
        if not delete:
            raise
        remove_run(folder)
        return CancelledRun(run_id=run_id, outcome=CancelOutcome.DELETED, jobs=(), folder=folder)
    jobs = _cancelled(run)
    if delete:
        with run.locked():
            run.remove()
        outcome = CancelOutcome.DELETED
    elif jobs:
        outcome = CancelOutcome.CANCELLED
    else:
        with run.locked():  # a process on this or another machine is not ended from here
            outcome = CancelOutcome.UNCHANGED
    return CancelledRun(run_id=run_id, outcome=outcome, jobs=tuple(jobs), folder=folder)


def _cancelled(run: RunFolder) -> list[str]:
    """Cancel the jobs of a run, and wait until they have ended."""
    jobs = cancel(run) if submissions(run) else []
    if jobs and not wait_for_end(run, timeout_s=_END_S):
        raise RunError(
            f"The jobs {', '.join(jobs)} were canceled, but have not ended in {_END_S} s.",
            hint=Message("Look at them: ", Fix(Verb.STATUS_RUN, (run.spec.run_id,))),
        )
    return jobs
