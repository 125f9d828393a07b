"""Pull requests and discussions: a title, a state, comments, and a ref for the former."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.hub_server.http_error import HttpError
from huggingnersc.hub_server.storage.errors import RevisionMissingError
from huggingnersc.hub_server.storage.registry import now_ms

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from huggingnersc.hub_server.accounts import User
    from huggingnersc.hub_server.session import RepositorySession


@dataclass(frozen=True, slots=True)
class Pull:
    """One pull request or discussion.

    Attributes:
        number: counted from 1 in each repository, pull requests and discussions together.
        title: one line.
        author: who opened it.
        status: open, closed or merged.
        is_pull: False for a discussion.
        base: the full ref it is to be merged into.
        created_ms: milliseconds since the epoch.
        merged_as: the commit that merged it, `""` before.
    """

    number: int
    title: str
    author: str
    status: str
    is_pull: bool
    base: str
    created_ms: int
    merged_as: str

    @property
    def ref(self) -> str:
        """The ref with the commits of a pull request."""
        return f"refs/pr/{self.number}"


@dataclass(frozen=True, slots=True)
class Event:
    """A comment or a change in a discussion: comment, title-change, status-change."""

    id: str
    kind: str
    author: str
    created_ms: int
    data: Mapping[str, object]


def open_pull(
    session: RepositorySession,
    *,
    title: str,
    description: str,
    base: str = "refs/heads/main",
    is_pull: bool = True,
) -> Pull:
    """Open a pull request (its ref begins where `base` is) or a discussion, and return it.

    Raises:
        RevisionMissingError: there is no ref `base`.
    """
    repository, user = session.git, session.require_user()
    with repository.writing():
        tip = repository.refs.read(base)
        if is_pull and tip is None:
            raise RevisionMissingError(base)
        with session.hub.database.changing() as connection:
            row = connection.execute(
                "SELECT coalesce(max(number), 0) + 1 FROM pulls WHERE repository = ?",
                [session.storage_id],
            ).fetchone()
            connection.execute(
                "INSERT INTO pulls (repository, number, title, description, author, status, "
                "is_pull, base, created_ms) VALUES (?, ?, ?, ?, ?, 'open', ?, ?, ?)",
                [
                    session.storage_id,
                    row[0],
                    title,
                    description,
                    user.name,
                    is_pull,
                    base,
                    now_ms(),
                ],
            )
        pull = find_pull(session, row[0])
        if is_pull and tip is not None:
            repository.refs.write(pull.ref, tip, old=repository.refs.read(pull.ref))
    if description:
        add_event(session, pull.number, "comment", comment_data(user, description))
    return pull


def find_pull(session: RepositorySession, number: int) -> Pull:
    """Return the one with this number. Raises: HttpError: 404 when there is none."""
    row = session.hub.database.row(
        "SELECT * FROM pulls WHERE repository = ? AND number = ?", [session.storage_id, number]
    )
    if row is None:
        raise HttpError(404, f"There is no discussion {number}")
    return _pull(row)


def list_pulls(session: RepositorySession) -> list[Pull]:
    """Return all of a repository, the newest first."""
    rows = session.hub.database.rows(
        "SELECT * FROM pulls WHERE repository = ? ORDER BY number DESC", [session.storage_id]
    )
    return [_pull(row) for row in rows]


def count_open(session: RepositorySession) -> int:
    """Return how many are open."""
    row = session.hub.database.row(
        "SELECT count(*) FROM pulls WHERE repository = ? AND status = 'open'",
        [session.storage_id],
    )
    return 0 if row is None else int(row[0])


def set_status(
    session: RepositorySession, number: int, status: str, *, merged_as: str = ""
) -> None:
    """Record that one was closed, opened again, or merged as a commit."""
    with session.hub.database.changing() as connection:
        connection.execute(
            "UPDATE pulls SET status = ?, merged_as = ? WHERE repository = ? AND number = ?",
            [status, merged_as, session.storage_id, number],
        )


def set_title(session: RepositorySession, number: int, title: str) -> None:
    """Rename one."""
    with session.hub.database.changing() as connection:
        connection.execute(
            "UPDATE pulls SET title = ? WHERE repository = ? AND number = ?",
            [title, session.storage_id, number],
        )


def events(session: RepositorySession, number: int) -> list[Event]:
    """Return the comments and changes, the oldest first."""
    rows = session.hub.database.rows(
        "SELECT * FROM events WHERE repository = ? AND number = ? ORDER BY created_ms, id",
        [session.storage_id, number],
    )
    return [_event(row) for row in rows]


def add_event(
    session: RepositorySession, number: int, kind: str, data: Mapping[str, object]
) -> Event:
    """Add a comment or a change by the user, and return it; it is later than all before it."""
    user = session.require_user()
    with session.hub.database.changing() as connection:
        (next_ms,) = connection.execute(
            "SELECT coalesce(max(created_ms), 0) + 1 FROM events "
            "WHERE repository = ? AND number = ?",
            [session.storage_id, number],
        ).fetchone()
        created_ms = max(now_ms(), next_ms)
        made = Event(uuid.uuid4().hex[:24], kind, user.name, created_ms, data)
        connection.execute(
            "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)",
            [session.storage_id, number, made.id, kind, user.name, made.created_ms,
             json.dumps(data)],
        )  # fmt: skip
    return made


def change_event(
    session: RepositorySession, number: int, event_id: str, data: Mapping[str, object]
) -> Event:
    """Replace the content of an event and return it. Raises: HttpError: 404 when there is none."""
    with session.hub.database.changing() as connection:
        connection.execute(
            "UPDATE events SET data = ? WHERE repository = ? AND number = ? AND id = ?",
            [json.dumps(data), session.storage_id, number, event_id],
        )
    found = [item for item in events(session, number) if item.id == event_id]
    if not found:
        raise HttpError(404, "There is no such comment")
    return found[0]


def comment_data(user: User, text: str, *, edited: bool = False) -> dict[str, object]:
    """Return what is kept of a comment."""
    return {"raw": text, "edited": edited, "hidden": False, "by": user.name, "at_ms": now_ms()}


def _pull(row: sqlite3.Row) -> Pull:
    return Pull(
        row["number"],
        row["title"],
        row["author"],
        row["status"],
        bool(row["is_pull"]),
        row["base"],
        row["created_ms"],
        row["merged_as"],
    )


def _event(row: sqlite3.Row) -> Event:
    return Event(row["id"], row["kind"], row["author"], row["created_ms"], json.loads(row["data"]))
