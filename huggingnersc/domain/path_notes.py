"""A site's notes on parts of its file system, such as quota, purging and backup."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class NoteLevel(StrEnum):
    """How `check-dataset` reports a note."""

    NOTE = "note"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class PathNote:
    """A note on a folder, such as when its files are purged.

    Attributes:
        path: the folder; the note holds for everything below it too.
        text: the note.
        level: `warning` when data should not stay there.
    """

    __pydantic_config__: ClassVar = {"extra": "forbid"}

    path: str
    text: str
    level: NoteLevel = NoteLevel.NOTE
