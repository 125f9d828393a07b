"""Compare two versions, datasets or folders, file by file and by their statistics."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.adapters.engines.choice import EngineChoice, no_report
from huggingnersc.adapters.manifest_file import manifest_differences
from huggingnersc.api.site import resolve_site
from huggingnersc.api.versions.compared_side import SideReader
from huggingnersc.domain.engine_name import EngineName
from huggingnersc.domain.metadata.strict_json import quoted
from huggingnersc.domain.text.formatting import plural
from huggingnersc.domain.text.shell import is_path
from huggingnersc.domain.versions.comparison import summarized
from huggingnersc.errors import DatasetError

if TYPE_CHECKING:
    from huggingnersc.adapters.engines.choice import Report
    from huggingnersc.adapters.engines.run_folder import RunFolder
    from huggingnersc.api.versions.compared_side import ComparedSide, SideSource
    from huggingnersc.domain.site import Site
    from huggingnersc.domain.versions.compare import Differences
    from huggingnersc.domain.versions.comparison import Comparison
    from huggingnersc.domain.versions.drift import StatisticsChange


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """How two sides differ.

    Attributes:
        before: the one side.
        after: the other one.
        differs: whether any file differs in more than its time.
        summary: one line: how many files were added, modified and removed.
        comparison: the sums by kind and folder, and the largest changes.
        changes: every file that differs, sorted by path; they may be read several times.
        statistics: what changed of the schema, and how values drifted.
        has_statistics: whether both sides have statistics.
        warnings: what could not be compared.
    """

    before: ComparedSide
    after: ComparedSide
    differs: bool
    summary: str
    comparison: Comparison
    changes: Differences
    statistics: tuple[StatisticsChange, ...]
    has_statistics: bool
    warnings: tuple[str, ...]


def compare_datasets(
    before: str,
    after: str | None = None,
    *,
    live: bool = False,
    engine: str = EngineName.LOCAL,
    jobs: int | None = None,
    site: Site | str | None = None,
    on_progress: Report = no_report,
) -> Compared:
    """Compare two sides; a nickname means its current version, a word with a slash a folder.

    Args:
        before: `iris@v1`, a nickname, a folder, or the manifest file of a version.
        after: the same of the other side; with `live` it may be None, for the same dataset.
        live: whether `after` means the data of that dataset as it is now.
        engine: `local` or `slurm`: where the files of folders are read.
        jobs: the most processes or tasks at a time; the site's when None.
        site: the site, its name or its TOML file; chosen by the environment when None.
        on_progress: called while files of folders are read.

    Raises:
        DatasetUnknownError, VersionUnknownError: there is no such dataset or version.
        VersionDamagedError: a manifest is damaged; the sentence names the line.
        DatasetError: `after` is missing, or the data cannot be read.
    """
    if after is None and not live:
        raise DatasetError("There is nothing to compare with.", hint="Name two versions.")
    other = before if after is None else after
    if live and is_path(other):
        raise DatasetError("A folder is always compared as it is now, without `live`.")
    if live and after is not None and "@" in after:
        raise DatasetError(
            f"The data as it is now is no version, so {quoted(after)} cannot be meant.",
            hint="Name the dataset without a version.",
        )
    chosen = resolve_site(site)
    choice = EngineChoice.of(chosen, engine=engine, jobs=jobs)
    with ExitStack() as stack:
        request = {"before": before, "after": after, "live": live}
        reader = SideReader(chosen, choice, on_progress, stack, request)
        first = reader.read(before, role="before")
        second = reader.read(other, role="after", live=live)
        return _compared(first, second)


def resume_compare(run: RunFolder, choice: EngineChoice, site: Site, report: Report) -> Compared:
    """Do what is not done of the run of a comparison, and return its result.

    Raises:
        The errors of `compare_datasets`.
    """
    request = run.spec.request
    return compare_datasets(
        request["before"],
        request["after"],
        live=request["live"],
        engine=choice.engine,
        jobs=choice.jobs,
        site=site,
        on_progress=report,
    )


def _compared(before: SideSource, after: SideSource) -> Compared:
    changes = manifest_differences(before.manifest, after.manifest)
    comparison = summarized(changes)
    has_statistics = before.statistics is not None and after.statistics is not None
    return Compared(
        before=before.side,
        after=after.side,
        differs=comparison.differs,
        summary=comparison.summary,
        comparison=comparison,
        changes=changes,
        statistics=_drift(before, after) if comparison.differs else (),
        has_statistics=has_statistics,
        warnings=tuple(
            f"{one.side.title}: {plural(one.side.unreadable, 'file')} could not be read."
            for one in (before, after)
            if one.side.unreadable
        ),
    )


def _drift(before: SideSource, after: SideSource) -> tuple[StatisticsChange, ...]:
    if before.statistics is None or after.statistics is None:
        return ()
    from huggingnersc.domain.versions.drift import statistics_changes

    return statistics_changes(before.statistics, after.statistics)
