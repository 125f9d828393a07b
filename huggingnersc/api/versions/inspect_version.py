"""Show all that is known of a version."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.version_store import VersionStore
from huggingnersc.api.catalog.result import DatasetResult
from huggingnersc.api.site import resolve_site
from huggingnersc.api.versions.find_version import find_version
from huggingnersc.api.versions.tags_on_hub import tags_on_hub
from huggingnersc.fixes import Fix, Message, Verb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.versions.find_version import FoundVersion
    from huggingnersc.api.versions.tags_on_hub import TagsOnHub
    from huggingnersc.domain.catalog.version_history import RecordedVersion
    from huggingnersc.domain.site import Site
    from huggingnersc.domain.versions.version import Version
    from huggingnersc.fixes import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectedVersion(DatasetResult):
    """All that is known of a version.

    Attributes:
        version: as it was made.
        recorded: what the record says of it; its message, labels and retirement may be newer.
        is_current: whether it is the newest that is not retired.
        folder: where its files are.
        hub_url: the page of its tag.
        commit: the commit of its tag; None where there is none, or it is not known.
        hub_note: why the tag is not known, or is not there; empty where the Hub has it.
    """

    version: Version
    recorded: RecordedVersion
    is_current: bool
    folder: Path
    hub_url: str
    commit: str | None
    hub_note: str
    warnings: tuple[Text, ...]


def inspect_version(title: str, *, site: Site | str | None = None) -> InspectedVersion:
    """Return all that is known of a version; works without the Hub and then says so.

    Args:
        title: the version, such as `iris@v1`; `iris` is the current one of iris.
        site: the site, its name or its TOML file; chosen by the environment when None.

    Raises:
        DatasetUnknownError, RecordDamagedError: there is no such dataset, or its record cannot be
            read.
        VersionUnknownError: there is no such version; the hint names the nearest ones.
        VersionDamagedError: its files cannot be read.
    """
    chosen = resolve_site(site)
    catalog = CatalogFolder(Path(chosen.catalog_root))
    found = find_version(title, catalog)
    record, name = found.record, found.version.name
    store = VersionStore(catalog.root, record.nickname)
    tags = tags_on_hub(record.nickname, chosen)
    return InspectedVersion(
        official_name=record.official_name,
        nickname=record.nickname,
        repo_id=record.repo_id,
        version=store.read(name),
        recorded=found.version,
        is_current=found.version is record.history.current,
        folder=store.path / name,
        hub_url=f"{record.hub_url}/tree/{name}",
        commit=(tags.commits or {}).get(name),
        hub_note=tags.note or ("" if tags.has(name) else "The Hub has no tag of this name."),
        warnings=tuple(_warnings(found, store, tags)),
    )


def _warnings(found: FoundVersion, store: VersionStore, tags: TagsOnHub) -> Iterator[Text]:
    for problem in store.problems_of(found.version, quick=True):
        yield Message("The version is not as it was made: ", problem.where, " ", problem.message)
    if not tags.note and not tags.has(found.version.name):
        again = Fix(Verb.UPDATE_DATASET, (found.record.nickname,))
        yield Message(f"The Hub has no tag for {found.version.name}. Tag again: ", again)
