"""What the record and the card say of a version that was made."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from huggingnersc.domain.catalog.version_history import RecordedVersion
from huggingnersc.domain.text.formatting import plural
from huggingnersc.domain.versions.moment import MOMENT_FORM
from huggingnersc.domain.versions.version import digest_of, version_bytes

if TYPE_CHECKING:
    from huggingnersc.domain.versions.version import ChangeCounts, Version


def recorded_version(version: Version, labels: tuple[str, ...] = ()) -> RecordedVersion:
    """Return a new version as the record has it."""
    return RecordedVersion(
        name=version.name,
        digest=digest_of(version_bytes(version)),
        created_at=version.created_at,
        files=version.files,
        size_bytes=version.size_bytes,
        message=version.message,
        parent=parent_words(version),
        changes=change_words(version.changes) if version.changes else "",
        labels=labels,
    )


def moment_after(moment: str, latest: RecordedVersion | None) -> str:
    """Return when a version was made: at a moment, but later than the latest one.

    So they are in order by their times, also where two are made in one second or clocks differ.
    """
    if latest is None or moment > latest.created_at:
        return moment
    try:
        before = datetime.strptime(latest.created_at, MOMENT_FORM)
    except ValueError:  # someone edited the record
        return moment
    return (before + timedelta(seconds=1)).strftime(MOMENT_FORM)


def parent_words(version: Version) -> str:
    """Return the parent of a version: `v1`, or `other@v2` of another dataset, or nothing."""
    parent = version.parent
    if parent is None:
        return ""
    return parent.version if parent.nickname == version.nickname else str(parent)


def change_words(counts: ChangeCounts) -> str:
    """Return `2 files added, 1 file renamed`; `no file changed` where none did."""
    pairs = (
        (counts.added, "added"),
        (counts.removed, "removed"),
        (counts.modified, "modified"),
        (counts.renamed, "renamed"),
    )
    words = [f"{plural(count, 'file')} {word}" for count, word in pairs if count]
    return ", ".join(words) or "no file changed"
