"""The versions that a dataset got before its publication, beside its metadata file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from huggingnersc.adapters.loading_file import public_loading
from huggingnersc.adapters.statistics_file import statistics_of
from huggingnersc.adapters.templates import render
from huggingnersc.adapters.version_store import VersionStore
from huggingnersc.api.catalog.publish import AddedVersion
from huggingnersc.api.catalog.releases import release_of
from huggingnersc.domain.catalog.plan import make_plan
from huggingnersc.domain.catalog.version_history import NO_VERSIONS, VersionHistory
from huggingnersc.domain.metadata.strict_json import quoted
from huggingnersc.domain.text.shell import shown
from huggingnersc.domain.versions.recorded import recorded_version
from huggingnersc.domain.versions.statistics_section import statistics_markdown
from huggingnersc.domain.versions.version import STATISTICS_FILE
from huggingnersc.errors import DatasetError
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.domain.catalog.dataset_spec import DatasetSpec
    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.catalog.release import Release
    from huggingnersc.domain.site import Site
    from huggingnersc.domain.versions.version import Version


@dataclass(frozen=True, slots=True)
class DraftedVersions:
    """The versions of a draft.

    Attributes:
        versions: with their files, the oldest first.
        problems: why they cannot be taken along.
        known_hashes: the cache of the hashes of their files; None where there is none.
    """

    versions: tuple[AddedVersion, ...] = ()
    problems: tuple[Problem, ...] = ()
    known_hashes: Path | None = None

    @property
    def history(self) -> VersionHistory:
        """What the record says of them."""
        return _history(self.versions)

    def releases(self, spec: DatasetSpec, site: Site) -> tuple[Release, ...]:
        """Return the commits of the versions, each with the card of its time."""
        releases = []
        for number, one in enumerate(self.versions, start=1):
            then = replace(spec, history=_history(self.versions[:number]))
            releases.append(release_of(one, make_plan(then, site, render).hub_files))
        return tuple(releases)

    def warnings(self, spec: DatasetSpec) -> tuple[str, ...]:
        """Return which versions describe data of another place."""
        return tuple(
            f"The version {one.version.name} is of the data in {shown(one.version.data_path)}, "
            f"and not in {shown(spec.data_path)}."
            for one in self.versions
            if one.version.data_path != str(spec.data_path)
        )


def drafted_versions(folder: Path, nickname: str) -> DraftedVersions:
    """Read the versions in a draft folder.

    Args:
        folder: the folder of the metadata file.
        nickname: the dataset's; a version of another one is a problem.
    """
    store = VersionStore(folder)
    try:
        found = store.versions()
        added = tuple(_added(one, store) for one in found)
    except DatasetError as error:
        return DraftedVersions(problems=(Problem(str(store.path), str(error).rstrip(".")),))
    strange = [one for one in found if one.nickname != nickname]
    return DraftedVersions(
        added,
        tuple(
            Problem(
                str(store.path / one.name),
                f"is a version of {quoted(one.nickname)}; move it away, or use that nickname",
            )
            for one in strange
        ),
        store.known_hashes,
    )


def with_recorded_versions(spec: DatasetSpec, record: Record | None) -> DatasetSpec:
    """Return a dataset with the versions it got since it was cataloged.

    Those of its draft must be the first of them; else it stays as it is, and differs.
    """
    if record is None:
        return spec
    drafted, recorded = spec.history.versions, record.history.versions
    first = recorded[: len(drafted)]
    is_same = [one.digest for one in first] == [one.digest for one in drafted]
    return replace(spec, history=record.history) if is_same else spec


def _history(versions: tuple[AddedVersion, ...]) -> VersionHistory:
    if not versions:
        return NO_VERSIONS
    latest = versions[-1]
    return VersionHistory(
        tuple(one.recorded for one in versions), latest.statistics, latest.loading
    )


def _added(version: Version, store: VersionStore) -> AddedVersion:
    return AddedVersion(
        version=version,
        files={path: store.file(version.name, path) for path in version.digests},
        recorded=recorded_version(version),
        statistics=_statistics(version, store),
        loading=public_loading(version, store),
    )


def _statistics(version: Version, store: VersionStore) -> str:
    """Return the statistics for the card; none where they are not public.

    Raises:
        DatasetError: they cannot be read, or are not as they were made.
    """
    if STATISTICS_FILE not in version.published:
        return ""
    statistics = statistics_of(version, store)
    return statistics_markdown(statistics) if statistics else ""
