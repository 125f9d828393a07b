"""A removed dataset: its catalog folder, kept under a name that tells when it was removed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import PurePath

    from huggingnersc.domain.catalog.record import Record

_NAME = re.compile(r"(?P<nickname>.+)\.(?P<at>\d{8}T\d{6}Z)")
_AT = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A removed dataset.

    Attributes:
        nickname: the name it had.
        removed_at: when it was removed, `YYYYMMDDTHHMMSSZ` in UTC; sorts by time.
        path: its folder now.
        record: what is known of it; None where the record cannot be read.
    """

    nickname: str
    removed_at: str
    path: PurePath
    record: Record | None


def tombstone_name(nickname: str, at: datetime) -> str:
    """Give the folder's name for a dataset removed at this time."""
    return f"{nickname}.{at.astimezone(UTC).strftime(_AT)}"


def read_tombstone_name(name: str) -> tuple[str, str] | None:
    """Give nickname and time; None for a name that is no tombstone's."""
    found = _NAME.fullmatch(name)
    return (found["nickname"], found["at"]) if found else None
