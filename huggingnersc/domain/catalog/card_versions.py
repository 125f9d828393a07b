"""The versions of a dataset as a card shows them: the newest first, the oldest only counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from huggingnersc.domain.text.formatting import day, plural, size_words
from huggingnersc.domain.text.markdown import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.domain.catalog.version_history import RecordedVersion, VersionHistory

MOST_SHOWN = 10
MAX_NOTE_CHARS = 300


@dataclass(frozen=True, slots=True)
class CardVersion:
    """A version of the data, as texts.

    Attributes:
        amount: its files and their size.
        marks: what is said beside its name: `retired`, and its labels.
        note: its message and what changed, on one line; a long one is cut.
    """

    name: str
    day: str
    amount: str
    retired: bool
    marks: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class CardVersions:
    """The section `Versions` of a card.

    Attributes:
        shown: the newest first.
        rest: how many older ones there are.
        current: the newest that is not retired, or the newest where all are.
    """

    shown: tuple[CardVersion, ...]
    rest: int
    current: CardVersion


def card_versions(history: VersionHistory) -> CardVersions | None:
    """Return what a card shows of the versions; None where there is none."""
    current = history.current or history.latest
    if current is None:
        return None
    newest = history.versions[: -MOST_SHOWN - 1 : -1]
    rest = len(history.versions) - len(newest)
    return CardVersions(tuple(map(card_version, newest)), rest, card_version(current))


def card_version(version: RecordedVersion) -> CardVersion:
    """Return a version as texts."""
    return CardVersion(
        name=version.name,
        day=day_of(version.created_at),
        amount=f"{plural(version.files, 'file')}, {size_words(version.size_bytes)}",
        retired=version.retired,
        marks=(*(("retired",) if version.retired else ()), *version.labels),
        note=" ".join(_notes(version)),
    )


def day_of(moment: str) -> str:
    """Return the day of an ISO 8601 time, as `22 Nov 2026`; another text as it is."""
    try:
        return day(datetime.fromisoformat(moment))
    except ValueError:  # a record may have been edited by hand
        return one_line(moment)


def _notes(version: RecordedVersion) -> Iterator[str]:
    if message := one_line(version.message):
        yield f"{_shortened(message.removesuffix('.'))}."
    if changes := one_line(version.changes):
        since = f" since {one_line(version.parent)}" if version.parent else ""
        yield f"{_shortened(changes[:1].upper() + changes[1:] + since)}."


def _shortened(text: str) -> str:
    return text if len(text) <= MAX_NOTE_CHARS else f"{text[: MAX_NOTE_CHARS - 3].rstrip()}..."
