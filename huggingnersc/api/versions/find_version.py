"""Find the version of a cataloged dataset that a user names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.domain.metadata.strict_json import quoted
from huggingnersc.domain.versions.version import VersionName
from huggingnersc.errors import VersionUnknownError
from huggingnersc.fixes import Fix, Message, Verb
from huggingnersc.problems import nearest

if TYPE_CHECKING:
    from huggingnersc.adapters.catalog_folder import CatalogFolder
    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.catalog.version_history import RecordedVersion, VersionHistory
    from huggingnersc.fixes import Text

_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class FoundVersion:
    """A version and the record of its dataset."""

    record: Record
    version: RecordedVersion

    @property
    def title(self) -> VersionName:
        """Its name with that of its dataset."""
        return VersionName(self.record.nickname, self.version.name)


def split_title(title: str) -> tuple[str, str | None]:
    """Return the nickname and the version of `iris@v1`; no version of `iris`."""
    nickname, at, version = title.partition("@")
    return nickname, version if at else None


def find_version(title: str, catalog: CatalogFolder) -> FoundVersion:
    """Return the version that `iris@v1` names, or the current one of `iris`.

    The current version is the newest one that is not retired; where all are, the newest.

    Raises:
        DatasetUnknownError, RecordDamagedError: there is no record, or it cannot be read.
        VersionUnknownError: there is no such version; the hint names the nearest ones.
    """
    nickname, name = split_title(title)
    record = catalog.record(nickname)
    return FoundVersion(record, version_of(record, name))


def version_of(record: Record, name: str | None) -> RecordedVersion:
    """Return the version of this name, or the current one.

    Raises:
        VersionUnknownError: there is none.
    """
    history = record.history
    version = history.current or history.latest if name is None else history.find(name)
    if version is None:
        raise _unknown(record.nickname, name, history)
    return version


def _unknown(nickname: str, name: str | None, history: VersionHistory) -> VersionUnknownError:
    if not history.versions:
        return VersionUnknownError(
            f"{quoted(nickname)} has no versions.",
            hint=Message("Make one: ", Fix(Verb.SNAPSHOT_DATASET, (nickname,))),
        )
    return VersionUnknownError(
        f"{quoted(nickname)} has no version {quoted(name or '')}.",
        hint=_hint(nickname, name or "", history),
    )


def _hint(nickname: str, name: str, history: VersionHistory) -> Text:
    names = [one.name for one in history.versions]
    if close := nearest(name, names, count=_MOST_NAMED):
        return f"Did you mean {', '.join(f'{nickname}@{one}' for one in close)}?"
    return Message("See which it has: ", Fix(Verb.LIST_VERSIONS, (nickname,)))
