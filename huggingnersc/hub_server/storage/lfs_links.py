"""Which repository may use which big file.

Files are shared on disk. A repository may serve one only when someone uploaded it there (or
copied it from a repository they could read): knowing a sha256 opens nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.hub_server.storage.registry import now_ms

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from huggingnersc.hub_server.storage.database import Database


@dataclass(frozen=True, slots=True)
class LfsLink:
    """One big file of one repository; `pushed_ms` is when it was first uploaded there."""

    oid: str
    size_bytes: int
    pushed_ms: int


class LfsLinks:
    """The links of all repositories."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def holds(self, storage_id: str, oid: str) -> bool:
        """Return whether a repository may use the file."""
        row = self._database.row(
            "SELECT 1 FROM lfs_links WHERE repository = ? AND oid = ?", [storage_id, oid]
        )
        return row is not None

    def holders(self, oid: str) -> list[str]:
        """Return the ids of the repositories that use the file."""
        rows = self._database.rows(
            "SELECT repository FROM lfs_links WHERE oid = ? ORDER BY repository", [oid]
        )
        return [row["repository"] for row in rows]

    def of(self, storage_id: str) -> list[LfsLink]:
        """Return the files of one repository, the latest first."""
        rows = self._database.rows(
            "SELECT oid, size_bytes, pushed_ms FROM lfs_links WHERE repository = ? "
            "ORDER BY pushed_ms DESC, oid",
            [storage_id],
        )
        return [LfsLink(row["oid"], row["size_bytes"], row["pushed_ms"]) for row in rows]

    def all_oids(self) -> list[tuple[str, int]]:
        """Return (id, size in bytes) of every file some repository uses, by id."""
        rows = self._database.rows("SELECT DISTINCT oid, size_bytes FROM lfs_links ORDER BY oid")
        return [(row["oid"], row["size_bytes"]) for row in rows]

    def add(self, storage_id: str, files: Iterable[tuple[str, int]]) -> None:
        """Let a repository use files, each given as (id, size in bytes)."""
        now = now_ms()
        with self._database.changing() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO lfs_links (repository, oid, size_bytes, pushed_ms) "
                "VALUES (?, ?, ?, ?)",
                [(storage_id, oid, size, now) for oid, size in files],
            )

    def remove(self, storage_id: str, oids: Sequence[str]) -> None:
        """Remove files from a repository."""
        with self._database.changing() as connection:
            connection.executemany(
                "DELETE FROM lfs_links WHERE repository = ? AND oid = ?",
                [(storage_id, oid) for oid in oids],
            )
