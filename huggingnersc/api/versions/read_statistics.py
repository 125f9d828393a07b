"""Read the statistics of a version."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.statistics_file import statistics_of
from huggingnersc.adapters.version_store import VersionStore
from huggingnersc.api.catalog.result import DatasetResult
from huggingnersc.api.site import resolve_site
from huggingnersc.api.versions.find_version import find_version
from huggingnersc.api.versions.recorded_files import version_as_recorded
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.errors import VersionUnknownError
from huggingnersc.fixes import Fix, Message, Option, Placeholder, Verb

if TYPE_CHECKING:
    from huggingnersc.api.versions.find_version import FoundVersion
    from huggingnersc.domain.site import Site
    from huggingnersc.domain.versions.statistics import Statistics


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionStatistics(DatasetResult):
    """The statistics of a version of a dataset.

    Attributes:
        version: its name.
        created_at: when it was made, ISO 8601 in UTC.
        statistics: what `statistics.json` holds.
    """

    version: str
    created_at: str
    statistics: Statistics


def read_statistics(title: str, *, site: Site | str | None = None) -> VersionStatistics:
    """Return the statistics of a version, checked by their schema.

    Args:
        title: the version, such as `iris@v1`; `iris` is the current one of iris.
        site: the site, its name or its TOML file; chosen by the environment when None.

    Raises:
        DatasetUnknownError, RecordDamagedError: there is no such dataset, or its record cannot be
            read.
        VersionUnknownError: there is no such version, or it was made without statistics.
        VersionDamagedError: its files cannot be read, or are not as they were made.
    """
    catalog = CatalogFolder(Path(resolve_site(site).catalog_root))
    found = find_version(title, catalog)
    record = found.record
    store = VersionStore(catalog.root, record.nickname)
    statistics = statistics_of(version_as_recorded(store, found.version), store)
    if statistics is None:
        raise _without(found)
    return VersionStatistics(
        official_name=record.official_name,
        nickname=record.nickname,
        repo_id=record.repo_id,
        version=found.version.name,
        created_at=found.version.created_at,
        statistics=statistics,
    )


def _without(found: FoundVersion) -> VersionUnknownError:
    name = Option(Field.VERSION, Placeholder.NAME)
    snapshot = Fix(Verb.SNAPSHOT_DATASET, (found.record.nickname,), (name,))
    return VersionUnknownError(
        f"{found.title} was made without statistics.",
        hint=Message("A version never changes; make another one with them: ", snapshot),
    )
