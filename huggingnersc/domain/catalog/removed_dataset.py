"""A removed dataset: its catalog folder, kept under a name with the time of its removal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.domain.catalog.record import Record

_AT = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class RemovedDataset:
    """A removed dataset.

    Attributes:
        nickname: the name it had.
        removed_at: when it was removed, `YYYYMMDDTHHMMSSZ` in UTC; sorts by time.
        path: its folder now.
        record: what is known of it; None where the record cannot be read.
    """

    nickname: str
    removed_at: str
    path: Path
    record: Record | None


def stamp(at: datetime) -> str:
    """Return a time in the form of `removed_at`."""
    return at.astimezone(UTC).strftime(_AT)


def next_stamp(removed_at: str) -> str:
    """Return the time a second later."""
    at = datetime.strptime(removed_at, _AT).replace(tzinfo=UTC)
    return stamp(at + timedelta(seconds=1))


def removed_dir_name(nickname: str, removed_at: str) -> str:
    """Return the folder's name for a dataset removed at this time."""
    return f"{nickname}.{removed_at}"


def parse_removed_dir_name(name: str) -> tuple[str, str] | None:
    """Return nickname and time; None for a name that is not a removed dataset's."""
    nickname, _, removed_at = name.rpartition(".")
    try:
        is_time = stamp(datetime.strptime(removed_at, _AT).replace(tzinfo=UTC)) == removed_at
    except ValueError:
        return None
    is_nickname = nickname.isprintable() and nickname[:1] not in {"", "."}
    return (nickname, removed_at) if is_nickname and is_time else None
