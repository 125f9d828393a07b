"""Complete a run: do what is not done, then finish what it was for."""

from __future__ import annotations

from dataclasses import dataclass
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.engines.choice import EngineChoice, no_report
from huggingnersc.api.runs.status_run import opened_run
from huggingnersc.api.site import resolve_site
from huggingnersc.errors import RunDamagedError
from huggingnersc.fixes import Verb

if TYPE_CHECKING:
    from huggingnersc.adapters.engines.choice import Report
    from huggingnersc.adapters.engines.run_folder import RunFolder
    from huggingnersc.domain.site import Site

# The function of a verb that completes it: (run, choice, site, report) -> the verb's result.
FINISHING = {
    Verb.COMPARE_DATASETS: "huggingnersc.api.versions.compare_datasets:resume_compare",
    Verb.DOWNLOAD_DATASET: "huggingnersc.api.packing.download_dataset:resume_download",
    Verb.PACK_DATASET: "huggingnersc.api.packing.pack_dataset:resume_pack",
    Verb.SNAPSHOT_DATASET: "huggingnersc.api.versions.snapshot_dataset:resume_snapshot",
    Verb.UPLOAD_DATASET: "huggingnersc.api.packing.upload_dataset:resume_upload",
    Verb.VERIFY_DATASET: "huggingnersc.api.versions.verify_dataset:resume_verify",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumedRun:
    """A run that was completed, or left to Slurm again.

    Attributes:
        run_id: its name.
        verb: what it is a part of.
        result: what that verb returns.
    """

    run_id: str
    verb: Verb
    result: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumableRun:
    """A run that this program can complete.

    Attributes:
        run: its folder.
        choice: who does what is not done.
        site: the site.
    """

    run: RunFolder
    choice: EngineChoice
    site: Site

    @property
    def verb(self) -> Verb:
        """What it is a part of."""
        return self.run.spec.verb

    @property
    def nickname(self) -> str:
        """The dataset that it was begun for; empty where the run does not record it."""
        return str(self.run.spec.request.get("nickname", ""))

    def resume(self, on_progress: Report = no_report) -> ResumedRun:
        """Do what is not done, and complete the verb; raises the errors of `resume_run`."""
        finish = resolve_name(FINISHING[self.verb])
        result = finish(self.run, self.choice, self.site, on_progress)
        return ResumedRun(run_id=self.run.spec.run_id, verb=self.verb, result=result)


def resume_run(
    run_id: str,
    *,
    engine: str | None = None,
    jobs: int | None = None,
    wait: bool = True,
    site: Site | str | None = None,
    on_progress: Report = no_report,
) -> ResumedRun:
    """Do what is not done of a run, and complete its verb.

    What is done is kept. What jobs of Slurm still work on is not submitted again.

    Args:
        run_id: the name of the run.
        engine: `local` or `slurm`; where it was worked on last when None.
        jobs: the most processes, or tasks of Slurm, at a time; the site's when None.
        wait: whether to wait for the jobs of Slurm.
        site: the site, its name or its TOML file; chosen by the environment when None.
        on_progress: called as the work advances.

    Raises:
        RunUnknownError: there is no such run.
        RunDamagedError: its folder cannot be read.
        RunFailedError: some of the work failed again.
        The errors of the verb.
    """
    return resumable_run(run_id, engine=engine, jobs=jobs, wait=wait, site=site).resume(
        on_progress
    )


def resumable_run(
    run_id: str,
    *,
    engine: str | None = None,
    jobs: int | None = None,
    wait: bool = True,
    site: Site | str | None = None,
) -> ResumableRun:
    """Return a run that is to be completed; nothing of it is done yet.

    Args:
        run_id: the name of the run.
        engine: `local` or `slurm`; where it was worked on last when None.
        jobs: the most processes, or tasks of Slurm, at a time; the site's when None.
        wait: whether to wait for the jobs of Slurm.
        site: the site, its name or its TOML file; chosen by the environment when None.

    Raises:
        RunUnknownError: there is no such run.
        RunDamagedError: its folder cannot be read, or it is not of a verb that has runs.
    """
    chosen = resolve_site(site)
    run = opened_run(run_id, chosen)
    choice = EngineChoice.of(chosen, engine=engine or run.spec.engine, jobs=jobs, wait=wait)
    if run.spec.verb not in FINISHING:
        raise RunDamagedError(f"A run of {run.spec.verb} cannot be resumed by this program.")
    return ResumableRun(run=run, choice=choice, site=chosen)
