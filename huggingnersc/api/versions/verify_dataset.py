"""Verify that the data of a dataset is still that of a version; nothing is changed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.engines.choice import EngineChoice, no_report
from huggingnersc.adapters.manifest_file import ManifestFile, manifest_differences
from huggingnersc.adapters.version_store import VersionStore
from huggingnersc.api.site import resolve_site
from huggingnersc.api.versions.data_place import data_of, require_data
from huggingnersc.api.versions.find_version import find_version
from huggingnersc.api.versions.live_inventory import inventory_of, inventory_run
from huggingnersc.api.versions.recorded_files import recorded_manifest
from huggingnersc.domain.engine_name import EngineName
from huggingnersc.domain.text.shell import shown
from huggingnersc.domain.versions.comparison import DifferenceKind, FileDifference, summarized
from huggingnersc.domain.versions.inventory_mode import Mode
from huggingnersc.domain.versions.manifest import unescaped
from huggingnersc.domain.versions.verification import NO_FINDINGS, FindingCounts, is_finding
from huggingnersc.domain.versions.version import MANIFEST_FILE, VERSION_FILE, VERSIONS_DIR
from huggingnersc.errors import DatasetError
from huggingnersc.fixes import Verb

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from huggingnersc.adapters.engines.choice import Report
    from huggingnersc.adapters.engines.run_folder import RunFolder
    from huggingnersc.api.versions.find_version import FoundVersion
    from huggingnersc.api.versions.take_inventory import Inventory
    from huggingnersc.domain.site import Site
    from huggingnersc.domain.versions.comparison import Comparison
    from huggingnersc.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """Whether the data is that of a version.

    Attributes:
        nickname: the dataset's.
        version: the name of the version.
        data_path: the root of the data.
        mode: which files were read.
        is_well: whether there is no finding, and the version is as it was made.
        summary: the findings by kind in one line.
        problems: where the version in the catalog is not as it was made.
        counts: how many findings there are of each kind.
        findings: every file that is missing, extra, changed, moved or unreadable, sorted by path;
            they may be read several times.
        comparison: their sums by folder, and the largest; None where the data was not compared.
        reasons: why files could not be read, of the first of them.
        files: how many files the data has.
        size_bytes: their size.
        hashed_files: how many of them were read.
        hashed_bytes: their size.
        unknown: how many files were not readable when the version was made.
    """

    nickname: str
    version: str
    data_path: Path
    mode: Mode
    is_well: bool
    summary: str
    problems: tuple[Problem, ...]
    counts: FindingCounts = NO_FINDINGS
    findings: Iterable[FileDifference] = ()
    comparison: Comparison | None = None
    reasons: tuple[str, ...] = ()
    files: int = 0
    size_bytes: int = 0
    hashed_files: int = 0
    hashed_bytes: int = 0
    unknown: int = 0


def verify_dataset(
    title: str,
    *,
    mode: Mode | str = Mode.REUSE,
    sample: float = 1.0,
    engine: str = EngineName.LOCAL,
    jobs: int | None = None,
    wait: bool = True,
    site: Site | str | None = None,
    on_progress: Report = no_report,
) -> Verified:
    """Compare the data with the manifest of a version.

    Args:
        title: `iris@v1`, or a nickname for its current version.
        mode: which files are read: `reuse` those that changed since their hash was computed,
            `full` all, `sample` a share of them, `quick` none.
        sample: the share that is read in the mode `sample`, above 0 and at most 1.
        engine: `local` or `slurm`.
        jobs: the most processes or tasks at a time; the site's when None.
        wait: whether to wait for the jobs of Slurm; `resume_run` completes it otherwise.
        site: the site, its name or its TOML file; chosen by the environment when None.
        on_progress: called while files are read.

    Raises:
        DatasetUnknownError, VersionUnknownError: there is no such dataset or version.
        VersionDamagedError: the manifest was changed meanwhile.
        DatasetError: the data cannot be read, or `sample` is no share.
        RunError: the work failed, or is too much for this machine; what is done is kept.
    """
    if not 0 < sample <= 1:
        raise DatasetError(f"The sample must be above 0 and at most 1, not {sample}.")
    chosen = resolve_site(site)
    choice = EngineChoice.of(chosen, engine=engine, jobs=jobs, wait=wait)
    found = find_version(title, CatalogFolder(Path(chosen.catalog_root)))
    request = {"title": str(found.title), "mode": Mode(mode).value, "sample": sample}
    data = data_of(found.record)
    problems = _problems(found, chosen)
    if _prevents_comparison(problems, found):
        return _not_compared(found, data, Mode(mode), problems)
    nickname = found.record.nickname
    require_data(data, nickname)
    run = inventory_run(
        data, Verb.VERIFY_DATASET, nickname, choice=choice, site=chosen, request=request
    )
    return _worked(run, found, problems, choice, chosen, on_progress)


def resume_verify(run: RunFolder, choice: EngineChoice, site: Site, report: Report) -> Verified:
    """Do what is not done of the run of a verification, and return its result.

    Raises:
        The errors of `verify_dataset`.
    """
    found = find_version(run.spec.request["title"], CatalogFolder(Path(site.catalog_root)))
    problems = _problems(found, site)
    root = Path(run.spec.arguments["root"])
    if _prevents_comparison(problems, found):
        run.remove()
        return _not_compared(found, root, Mode(run.spec.request["mode"]), problems)
    require_data(root, found.record.nickname)
    return _worked(run, found, problems, choice, site, report)


def _problems(found: FoundVersion, site: Site) -> tuple[Problem, ...]:
    return tuple(_store(found, site).problems_of(found.version))


def _store(found: FoundVersion, site: Site) -> VersionStore:
    return VersionStore(Path(site.catalog_root), found.record.nickname)


def _prevents_comparison(problems: Iterable[Problem], found: FoundVersion) -> bool:
    """Return whether the version itself or its manifest is not as it was made."""
    place = f"{VERSIONS_DIR}/{found.version.name}"
    needed = {place, f"{place}/{VERSION_FILE}", f"{place}/{MANIFEST_FILE}"}
    return any(problem.where in needed for problem in problems)


def _not_compared(
    found: FoundVersion, root: Path, mode: Mode, problems: tuple[Problem, ...]
) -> Verified:
    return Verified(
        nickname=found.record.nickname,
        version=found.version.name,
        data_path=root,
        mode=mode,
        is_well=False,
        summary="the version is not as it was made, so the data was not compared",
        problems=problems,
    )


def _worked(
    run: RunFolder,
    found: FoundVersion,
    problems: tuple[Problem, ...],
    choice: EngineChoice,
    site: Site,
    report: Report,
) -> Verified:
    mode, sample = Mode(run.spec.request["mode"]), float(run.spec.request["sample"])
    store = _store(found, site)
    known = [] if mode is Mode.FULL or store.known_hashes is None else [store.known_hashes]
    with inventory_of(
        run, known=known, mode=mode, sample=sample, choice=choice, report=report
    ) as inventory:
        root = Path(run.spec.arguments["root"])
        findings = _findings(found, store, inventory, mode, root)
        comparison = summarized(findings)
    amounts = comparison.total.amounts
    counts = FindingCounts.of({kind: amount.files for kind, amount in amounts.items()})
    return Verified(
        nickname=found.record.nickname,
        version=found.version.name,
        data_path=root,
        mode=mode,
        is_well=not problems and not counts.total,
        summary=counts.summary,
        problems=problems,
        counts=counts,
        findings=findings,
        comparison=comparison,
        reasons=(*inventory.unreadable, *inventory.changed),
        files=inventory.files,
        size_bytes=inventory.size_bytes,
        hashed_files=inventory.hashed_files,
        hashed_bytes=inventory.hashed_bytes,
        unknown=store.read(found.version.name).unreadable,
    )


@dataclass(frozen=True, slots=True)
class _Findings:
    """The differences that are findings, each time they are read.

    Attributes:
        differences: all.
        mode: which files were read.
        root: the data, if files changed while they were read, which the inventory then lacks.
    """

    differences: Iterable[FileDifference]
    mode: Mode
    root: Path | None

    def __iter__(self) -> Iterator[FileDifference]:
        for one in self.differences:
            if is_finding(one, self.mode):
                yield self._as_it_is(one)

    def _as_it_is(self, one: FileDifference) -> FileDifference:
        if self.root is None or one.kind is not DifferenceKind.REMOVED:
            return one
        path = os.path.join(os.fsencode(self.root), unescaped(one.path.encode()))  # noqa: PTH118
        if not os.path.lexists(path):
            return one
        return FileDifference(DifferenceKind.UNREADABLE, one.path, one.before_bytes, None)


def _findings(
    found: FoundVersion, store: VersionStore, inventory: Inventory, mode: Mode, root: Path
) -> _Findings:
    """Return how the data differs from a version, whose manifest is as it was made.

    Raises:
        VersionDamagedError: it is not.
    """
    _, manifest = recorded_manifest(store, found.version)
    live = ManifestFile(lambda: inventory.manifest.open("rb"), shown(inventory.manifest))
    changes = manifest_differences(manifest, live)
    return _Findings(changes, mode, root if inventory.changed_count else None)
