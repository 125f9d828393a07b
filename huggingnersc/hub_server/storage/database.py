"""The registry's SQLite file: its schema, and connections that threads do not share."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from huggingnersc.errors import SettingsError
from huggingnersc.fixes import Message, Option, Placeholder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

SCHEMA_VERSION = 1
BUSY_TIMEOUT_S = 60

_SCHEMA = """
CREATE TABLE repositories (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
  key TEXT NOT NULL UNIQUE, owner TEXT NOT NULL, creator TEXT NOT NULL,
  private INTEGER NOT NULL, gated TEXT NOT NULL DEFAULT '', disabled INTEGER NOT NULL DEFAULT 0,
  created_ms INTEGER NOT NULL, modified_ms INTEGER NOT NULL, sha TEXT NOT NULL DEFAULT '',
  downloads INTEGER NOT NULL DEFAULT 0, likes INTEGER NOT NULL DEFAULT 0,
  card TEXT NOT NULL DEFAULT '{}', tags TEXT NOT NULL DEFAULT '[]', title TEXT NOT NULL DEFAULT '',
  size_bytes INTEGER NOT NULL DEFAULT 0, dirty INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX by_modified ON repositories (kind, modified_ms DESC, id);
CREATE INDEX by_created ON repositories (kind, created_ms DESC, id);
CREATE INDEX by_downloads ON repositories (kind, downloads DESC, id);
CREATE INDEX by_likes ON repositories (kind, likes DESC, id);
CREATE INDEX by_owner ON repositories (kind, owner, modified_ms DESC);
CREATE TABLE tags (
  tag TEXT NOT NULL COLLATE NOCASE, repository TEXT NOT NULL, place INTEGER NOT NULL,
  PRIMARY KEY (tag, repository)
) WITHOUT ROWID;
CREATE INDEX tags_of ON tags (repository, place);
CREATE TABLE aliases (key TEXT PRIMARY KEY, repository TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE lfs_links (
  repository TEXT NOT NULL, oid TEXT NOT NULL, size_bytes INTEGER NOT NULL,
  pushed_ms INTEGER NOT NULL, PRIMARY KEY (repository, oid)
) WITHOUT ROWID;
CREATE INDEX lfs_users ON lfs_links (oid);
CREATE TABLE pulls (
  repository TEXT NOT NULL, number INTEGER NOT NULL, title TEXT NOT NULL,
  description TEXT NOT NULL, author TEXT NOT NULL, status TEXT NOT NULL, is_pull INTEGER NOT NULL,
  base TEXT NOT NULL, created_ms INTEGER NOT NULL, merged_as TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (repository, number)
) WITHOUT ROWID;
CREATE TABLE events (
  repository TEXT NOT NULL, number INTEGER NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL,
  author TEXT NOT NULL, created_ms INTEGER NOT NULL, data TEXT NOT NULL, PRIMARY KEY (id)
) WITHOUT ROWID;
CREATE INDEX events_of ON events (repository, number, created_ms);
CREATE TABLE grants (
  repository TEXT NOT NULL, user TEXT NOT NULL, status TEXT NOT NULL, asked_ms INTEGER NOT NULL,
  PRIMARY KEY (repository, user)
) WITHOUT ROWID;
"""

# Beside the schema, so that a Hub of an earlier server gets it and stays readable to that server.
_CARD_TEXTS = """
CREATE TABLE IF NOT EXISTS card_texts (
  repository TEXT PRIMARY KEY, sha TEXT NOT NULL, words TEXT NOT NULL, summary TEXT NOT NULL
)
"""


class _Connection:
    """A connection of one thread, which another one may close.

    Attributes:
        opened: the connection.
        in_use: held by the thread while it uses it, and by the one that closes it.
    """

    def __init__(self, path: Path) -> None:
        self.in_use = threading.RLock()
        self.opened = sqlite3.connect(
            path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
        )
        self.opened.row_factory = sqlite3.Row
        self.opened.execute("PRAGMA journal_mode = DELETE")
        self.opened.execute("PRAGMA synchronous = FULL")

    def close(self) -> None:
        with self.in_use:
            self.opened.close()


class Database:
    """One SQLite file with a rollback journal and full syncs: right on network file systems too.

    Every thread has its own connection; several processes may use the file at once. A connection
    that is closed by another thread while it is used ends the process, so each has a lock.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._all: dict[threading.Thread, _Connection] = {}
        self._lock = threading.Lock()
        self._prepare()

    def rows(self, statement: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        """Return all rows of one reading statement."""
        with self._connection() as connection:
            return connection.execute(statement, values).fetchall()

    def row(self, statement: str, values: Sequence[object] = ()) -> sqlite3.Row | None:
        """Return the first row, None when there is none."""
        with self._connection() as connection:
            found: sqlite3.Row | None = connection.execute(statement, values).fetchone()
        return found

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """Run the block in one transaction: all of it happens, or nothing."""
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                if connection.in_transaction:  # a full disk has ended it already
                    connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def close(self) -> None:
        """Close the connections of all threads, each after the statement that it executes."""
        with self._lock:
            for connection in self._all.values():
                connection.close()
            self._all.clear()
            self._local = threading.local()

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """Within the block use the connection of this thread."""
        connection: _Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = _Connection(self._path)
            with self._lock:
                self._close_left()
                self._all[threading.current_thread()] = connection
            self._local.connection = connection
        with connection.in_use:
            yield connection.opened

    def _close_left(self) -> None:
        """Close the connections of threads that have ended: a server's idle threads do."""
        for thread in [thread for thread in self._all if not thread.is_alive()]:
            self._all.pop(thread).close()

    def _prepare(self) -> None:
        try:
            row = self.row("PRAGMA user_version")
        except sqlite3.DatabaseError as error:
            raise SettingsError(
                f"{self._path} cannot be read: {error}.",
                hint=Message(
                    "Restore it from a backup, or give another folder: ",
                    Option("root", Placeholder.DIR),
                ),
            ) from error
        if row is not None and row[0] == 0:
            with self.changing() as connection:
                if connection.execute("PRAGMA user_version").fetchone()[0] == 0:
                    for statement in _SCHEMA.split(";"):
                        connection.execute(statement)
                    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            row = self.row("PRAGMA user_version")
        if row is None or row[0] != SCHEMA_VERSION:
            raise SettingsError(
                f"{self._path} was written by another version of the embedded Hub.",
                hint=Message(
                    "Serve it with the version that wrote it, or give another folder: ",
                    Option("root", Placeholder.DIR),
                ),
            )
        if self.row("SELECT 1 FROM sqlite_master WHERE name = 'card_texts'") is None:
            with self.changing() as connection:
                connection.execute(_CARD_TEXTS)
