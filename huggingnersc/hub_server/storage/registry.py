"""Which repositories there are, who owns them, and what a listing shows of them.

The registry answers listings and searches alone: no repository is opened for them.
"""

from __future__ import annotations

import json
import sqlite3
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.domain.repo_names import RepoKind, RepoName

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from huggingnersc.hub_server.storage.database import Database

_MOST_BYTES = 2**63 - 1  # what SQLite holds; pointers may claim more


@dataclass(frozen=True, slots=True)
class RepositoryRecord:
    """What the registry knows about one repository.

    Attributes:
        storage_id: its permanent id (24 hexadecimal digits); survives renames.
        name: what it is called today.
        creator: name of the user who made it.
        private: only members of the namespace may know of it.
        gated: `""`, `"auto"` or `"manual"`: files need an accepted request.
        created_ms: milliseconds since the epoch.
        modified_ms: time of the last change to main.
        sha: the commit of main when the registry last looked.
        downloads: how often it was fetched.
        likes: always 0 for now; part of what clients read.
        card: front matter of its README.md on main.
        tags: derived from the card, in order.
        title: `pretty_name` of the card (`title` of a space), else the name.
        size_bytes: size of all files on main.
    """

    storage_id: str
    name: RepoName
    creator: str
    private: bool
    gated: str
    created_ms: int
    modified_ms: int
    sha: str
    downloads: int
    likes: int
    card: Mapping[str, object]
    tags: tuple[str, ...]
    title: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What a new commit on main means for listings.

    Attributes:
        words: what a search looks in beside the name, case folded.
        summary: the first paragraph of the card, `""` when it has none.
    """

    sha: str
    card: Mapping[str, object]
    tags: tuple[str, ...]
    title: str
    size_bytes: int
    words: str = ""
    summary: str = ""


class NameTakenError(Exception):
    """Another repository has this name."""


class Registry:
    """Names, visibility and derived facts of all repositories."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def find(self, name: RepoName) -> RepositoryRecord | None:
        """Return the repository called so in any case, today or (after a move) formerly."""
        key = key_of(name)
        row = self.database.row("SELECT * FROM repositories WHERE key = ?", [key])
        if row is None:
            row = self.database.row(
                "SELECT r.* FROM aliases a JOIN repositories r ON r.id = a.repository "
                "WHERE a.key = ?",
                [key],
            )
        return None if row is None else record_of(row)

    def by_id(self, storage_id: str) -> RepositoryRecord | None:
        """Return the repository with this permanent id."""
        row = self.database.row("SELECT * FROM repositories WHERE id = ?", [storage_id])
        return None if row is None else record_of(row)

    def ids(self) -> list[str]:
        """Return every permanent id."""
        return [row["id"] for row in self.database.rows("SELECT id FROM repositories ORDER BY id")]

    def dirty_ids(self) -> list[str]:
        """Return the ids of repositories whose last change may not have reached the registry.

        Servers before the search of cards wrote no `card_texts`, so these are among them once.
        """
        found = self.database.rows(
            "SELECT id FROM repositories r WHERE dirty = 1 OR NOT EXISTS (SELECT 1 "
            "FROM card_texts c WHERE c.repository = r.id AND c.sha = r.sha) ORDER BY id"
        )
        return [row["id"] for row in found]

    def add(self, storage_id: str, name: RepoName, *, creator: str, private: bool) -> None:
        """Name a new repository. Raises: NameTakenError."""
        now = now_ms()
        try:
            with self.database.changing() as connection:
                connection.execute("DELETE FROM aliases WHERE key = ?", [key_of(name)])
                connection.execute(
                    "INSERT INTO repositories (id, kind, namespace, name, key, owner, creator, "
                    "private, created_ms, modified_ms, title) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
                    [storage_id, name.kind, name.namespace, name.name, key_of(name),
                     name.namespace.lower(), creator, private, now, now, name.name],
                )  # fmt: skip
        except sqlite3.IntegrityError as error:
            raise NameTakenError(name.repo_id) from error

    def remove(self, storage_id: str) -> None:
        """Forget a repository and everything said about it."""
        with self.database.changing() as connection:
            connection.execute("DELETE FROM repositories WHERE id = ?", [storage_id])
            connection.execute("DELETE FROM tags WHERE repository = ?", [storage_id])
            connection.execute("DELETE FROM card_texts WHERE repository = ?", [storage_id])
            connection.execute("DELETE FROM aliases WHERE repository = ?", [storage_id])
            connection.execute("DELETE FROM lfs_links WHERE repository = ?", [storage_id])
            connection.execute("DELETE FROM pulls WHERE repository = ?", [storage_id])
            connection.execute("DELETE FROM events WHERE repository = ?", [storage_id])
            connection.execute("DELETE FROM grants WHERE repository = ?", [storage_id])

    def move(self, record: RepositoryRecord, name: RepoName) -> None:
        """Rename a repository; the old name continues to work. Raises: NameTakenError."""
        try:
            with self.database.changing() as connection:
                connection.execute("DELETE FROM aliases WHERE key = ?", [key_of(name)])
                connection.execute(
                    "UPDATE repositories SET namespace = ?, name = ?, key = ?, owner = ? "
                    "WHERE id = ?",
                    [name.namespace, name.name, key_of(name), name.namespace.lower(),
                     record.storage_id],
                )  # fmt: skip
                if key_of(name) != key_of(record.name):
                    connection.execute(
                        "INSERT OR REPLACE INTO aliases (key, repository) VALUES (?, ?)",
                        [key_of(record.name), record.storage_id],
                    )
        except sqlite3.IntegrityError as error:
            raise NameTakenError(name.repo_id) from error

    def set_private(self, storage_id: str, *, private: bool) -> None:
        """Hide a repository from all but the members of its namespace, or show it."""
        with self.database.changing() as connection:
            connection.execute(
                "UPDATE repositories SET private = ? WHERE id = ?", [private, storage_id]
            )

    def set_gated(self, storage_id: str, gated: str) -> None:
        """Set how access to files is asked for: `""`, `"auto"` or `"manual"`."""
        with self.database.changing() as connection:
            connection.execute(
                "UPDATE repositories SET gated = ? WHERE id = ?", [gated, storage_id]
            )

    def mark_dirty(self, storage_id: str) -> None:
        """Note, before main moves, that the facts below will be out of date."""
        with self.database.changing() as connection:
            connection.execute("UPDATE repositories SET dirty = 1 WHERE id = ?", [storage_id])

    def describe(self, storage_id: str, facts: CardFacts, *, modified: bool = True) -> None:
        """Store the facts of main's newest commit; `modified` also sets the time of change."""
        moment = ", modified_ms = max(modified_ms + 1, ?)" if modified else ""
        texts = [facts.sha, json.dumps(facts.card), json.dumps(facts.tags), facts.title]
        values = [*texts, min(facts.size_bytes, _MOST_BYTES), *([now_ms()] if modified else [])]
        with self.database.changing() as connection:
            connection.execute(
                "UPDATE repositories SET sha = ?, card = ?, tags = ?, title = ?, size_bytes = ?, "  # noqa: S608
                f"dirty = 0{moment} WHERE id = ?",
                [*values, storage_id],
            )
            connection.execute("DELETE FROM tags WHERE repository = ?", [storage_id])
            connection.executemany(
                "INSERT OR IGNORE INTO tags (tag, repository, place) VALUES (?, ?, ?)",
                [(tag, storage_id, place) for place, tag in enumerate(facts.tags)],
            )
            connection.execute(
                "INSERT OR REPLACE INTO card_texts VALUES (?, ?, ?, ?)",
                [storage_id, facts.sha, facts.words, facts.summary],
            )

    def summaries(self, storage_ids: Sequence[str]) -> dict[str, str]:
        """Return the first paragraph of each card, by permanent id."""
        marks = ",".join("?" * len(storage_ids))
        rows = self.database.rows(
            f"SELECT repository, summary FROM card_texts WHERE repository IN ({marks})",  # noqa: S608
            storage_ids,
        )
        return {row["repository"]: row["summary"] for row in rows}

    def count_downloads(self, counts: Mapping[str, int]) -> None:
        """Add to the download counts, by permanent id."""
        with self.database.changing() as connection:
            connection.executemany(
                "UPDATE repositories SET downloads = downloads + ? WHERE id = ?",
                [(count, storage_id) for storage_id, count in counts.items()],
            )


def key_of(name: RepoName) -> str:
    """Return what must be unique: kind and name, case ignored."""
    return f"{name.kind}/{name.repo_id.lower()}"


def now_ms() -> int:
    """Return the time in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


def record_of(row: sqlite3.Row) -> RepositoryRecord:
    """Turn a row of the `repositories` table into a value."""
    return RepositoryRecord(
        storage_id=row["id"],
        name=RepoName(RepoKind(row["kind"]), row["namespace"], row["name"]),
        creator=row["creator"],
        private=bool(row["private"]),
        gated=row["gated"],
        created_ms=row["created_ms"],
        modified_ms=row["modified_ms"],
        sha=row["sha"],
        downloads=row["downloads"],
        likes=row["likes"],
        card=json.loads(row["card"]),
        tags=tuple(json.loads(row["tags"])),
        title=row["title"],
        size_bytes=row["size_bytes"],
    )
