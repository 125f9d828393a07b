"""What a site says of parts of its file system: quota, purging, backup."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class NoteLevel(StrEnum):
    """How `check-dataset` tells a note."""

    NOTE = "note"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class PathNote:
    """What people should know of a folder, such as when files in it are purged.

    Attributes:
        path: the folder it is about; all below is meant too.
        text: what should be known.
        level: `warning` where data should not stay there.
    """

    __pydantic_config__: ClassVar = {"extra": "forbid"}

    path: str
    text: str
    level: NoteLevel = NoteLevel.NOTE
