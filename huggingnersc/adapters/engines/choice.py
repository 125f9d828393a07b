"""The choice of an engine, with what the site says about each, and how it reports its progress."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from huggingnersc.domain.engine_name import EngineName
from huggingnersc.domain.engine_settings import EngineSettings
from huggingnersc.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from huggingnersc.domain.site import Site

_GIGABYTE = 10**9
_DEFAULTS = EngineSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineChoice:
    """How the work of a run is done.

    Attributes:
        engine: where.
        jobs: the most processes on this machine, or the most tasks of Slurm that run at a time;
            the site's when None.
        wait: whether to wait for the jobs of Slurm.
        settings: what the site says about its engines.
        projects: the folder with a folder for each project, such as `/global/cfs/cdirs/`; empty
            where there is none.
    """

    engine: EngineName = EngineName.LOCAL
    jobs: int | None = None
    wait: bool = True
    settings: EngineSettings = _DEFAULTS
    projects: str = ""

    @classmethod
    def of(
        cls,
        site: Site,
        *,
        engine: str = EngineName.LOCAL,
        jobs: int | None = None,
        wait: bool = True,
    ) -> EngineChoice:
        """Return the choice for a site.

        Raises:
            SettingsError: there is no such engine, or there are fewer than one job.
        """
        if engine not in set(EngineName):
            raise SettingsError(f'There is no engine "{engine}".', hint="Known: local, slurm.")
        if jobs is not None and jobs < 1:
            raise SettingsError(f"The number of jobs must be 1 or more, not {jobs}.")
        portal = site.profile.portal
        return cls(
            engine=EngineName(engine),
            jobs=jobs,
            wait=wait,
            settings=site.profile.engine,
            projects=portal.path.partition("{project}")[0] if portal else "",
        )

    @property
    def budget(self) -> LocalBudget:
        """The limits of work on this machine."""
        return local_budget(self, os.environ, len(os.sched_getaffinity(0)))


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalBudget:
    """The limits of work on a machine that others use too; None is no limit."""

    processes: int
    seconds: float | None
    size_bytes: int | None


def local_budget(choice: EngineChoice, environ: Mapping[str, str], processors: int) -> LocalBudget:
    """Return the limits of work on this machine; there are none inside a job of Slurm.

    Args:
        choice: of the engine.
        environ: the environment, where a job of Slurm is seen.
        processors: how many this process may use.
    """
    if environ.get("SLURM_JOB_ID"):
        return LocalBudget(processes=choice.jobs or processors, seconds=None, size_bytes=None)
    site = choice.settings
    allowed = site.processes or max(processors, choice.jobs or 0)
    gigabytes = site.gigabytes
    return LocalBudget(
        processes=min(choice.jobs or processors, allowed),
        seconds=site.seconds,
        size_bytes=None if gigabytes is None else int(gigabytes * _GIGABYTE),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkProgress:
    """How far a run is.

    Attributes:
        files: that are done.
        size_bytes: of them.
        of_files: that are in the work list.
        of_bytes: of them.
        is_listed: whether the work list is complete, so that these are the totals.
        note: what else to say, such as the state of the jobs.
        trouble: why nothing moves at the moment; empty where something does.
    """

    files: int
    size_bytes: int
    of_files: int
    of_bytes: int
    is_listed: bool = True
    note: str = ""
    trouble: str = ""


Report: TypeAlias = "Callable[[WorkProgress], None]"


def no_report(_progress: WorkProgress) -> None:
    """Report no progress."""
