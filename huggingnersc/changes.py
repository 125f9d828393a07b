"""One changed file, as people review it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Location(StrEnum):
    """Where a file stands."""

    HUB = "hub"
    CATALOG = "catalog folder"


class ChangeKind(StrEnum):
    """What happens to a file."""

    ADDED = "added"
    CHANGED = "changed"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file before and after.

    Attributes:
        location: where it stands.
        path: its path there.
        kind: what happens to it.
        diff: a unified diff without control characters; where there is no text to compare, one
            line in parentheses that says so.
    """

    location: Location
    path: str
    kind: ChangeKind
    diff: str
