"""List the versions of a dataset."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.version_store import VersionStore
from huggingnersc.api.catalog.result import DatasetResult
from huggingnersc.api.site import resolve_site
from huggingnersc.api.versions.tags_on_hub import tags_on_hub
from huggingnersc.domain.text.formatting import first_names, plural
from huggingnersc.errors import VersionsAlteredError
from huggingnersc.fixes import Fix, Message, Verb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.versions.tags_on_hub import TagsOnHub
    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.catalog.version_history import RecordedVersion
    from huggingnersc.domain.site import Site
    from huggingnersc.fixes import Text
    from huggingnersc.problems import Problem

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class ListedVersion:
    """A version in a list.

    Attributes:
        version: what the record says of it.
        is_current: whether it is the newest that is not retired.
        tagged: whether the Hub has its tag; None where that is not known.
    """

    version: RecordedVersion
    is_current: bool
    tagged: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedVersions(DatasetResult):
    """The versions of a dataset.

    Attributes:
        versions: the newest first.
        problems: where files of versions are not as they were made, by names and sizes.
        hub_note: why the tags are not known, or there are none; empty where the Hub answered.
    """

    versions: tuple[ListedVersion, ...]
    problems: tuple[Problem, ...]
    hub_note: str
    warnings: tuple[Text, ...]

    def raise_for_problems(self) -> None:
        """Raise an error where versions are not as they were made.

        Raises:
            VersionsAlteredError: it names every file.
        """
        if self.problems:
            raise VersionsAlteredError(
                f'Versions of "{self.nickname}" are not as they were made: '
                f"{plural(len(self.problems), 'problem')}.",
                problems=self.problems,
                hint="A version never changes. Bring these files back from a snapshot of the "
                "file system.",
            )


def list_versions(nickname: str, *, site: Site | str | None = None) -> ListedVersions:
    """List the versions of a dataset, and look whether they are as they were made.

    Works without the Hub; then it is not known which have their tags there.

    Args:
        nickname: the dataset's nickname.
        site: the site, its name or its TOML file; chosen by the environment when None.

    Raises:
        DatasetUnknownError: no such dataset is cataloged; the hint names the nearest ones.
        RecordDamagedError: its record cannot be read.
    """
    chosen = resolve_site(site)
    catalog = CatalogFolder(Path(chosen.catalog_root))
    record = catalog.record(nickname)
    history, current = record.history, record.history.current
    tags = tags_on_hub(nickname, chosen)
    return ListedVersions(
        official_name=record.official_name,
        nickname=record.nickname,
        repo_id=record.repo_id,
        versions=tuple(
            ListedVersion(one, one is current, tags.has(one.name))
            for one in reversed(history.versions)
        ),
        problems=VersionStore(catalog.root, nickname).problems(history, quick=True),
        hub_note=tags.note if history.versions else "",
        warnings=tuple(_warnings(record, tags)),
    )


def _warnings(record: Record, tags: TagsOnHub) -> Iterator[Text]:
    names = [one.name for one in record.history.versions]
    if not names:
        snapshot = Fix(Verb.SNAPSHOT_DATASET, (record.nickname,))
        yield Message("There are no versions yet. Make one: ", snapshot)
    elif tags.note:
        yield f"It is not known which versions have their tags on the Hub: {tags.note}"
    elif lost := [name for name in names if not tags.has(name)]:
        again = Fix(Verb.UPDATE_DATASET, (record.nickname,))
        named = first_names(lost, _MOST_NAMED)
        yield Message(f"The Hub has no tag for {named}. Tag again: ", again)
