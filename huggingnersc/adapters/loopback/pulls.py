"""Pull requests and discussions: a title, a state, and for the former a ref of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.adapters.loopback.faults import Fault, revision_missing
from huggingnersc.adapters.loopback.registry import now_ms

if TYPE_CHECKING:
    import sqlite3

    from huggingnersc.adapters.loopback.accounts import User
    from huggingnersc.adapters.loopback.hub import HubState
    from huggingnersc.adapters.loopback.registry import RepositoryRecord


@dataclass(frozen=True, slots=True)
class Pull:
    """One pull request or discussion; `status` is draft, open, closed or merged."""

    number: int
    title: str
    description: str
    author: str
    status: str
    is_pull: bool
    base: str
    created_ms: int

    @property
    def ref(self) -> str:
        """Where the commits of a pull request lie."""
        return f"refs/pr/{self.number}"


def open_pull(
    hub: HubState,
    record: RepositoryRecord,
    user: User,
    *,
    title: str,
    description: str,
    base: str = "refs/heads/main",
    is_pull: bool = True,
) -> Pull:
    """Open a pull request (its ref begins where `base` is) or a discussion, and give it."""
    repository = hub.repository(record)
    with repository.writing():
        tip = repository.refs.read(base)
        if is_pull and tip is None:
            raise revision_missing(base)
        with hub.database.changing() as connection:
            row = connection.execute(
                "SELECT coalesce(max(number), 0) + 1 FROM pulls WHERE repository = ?",
                [record.storage_id],
            ).fetchone()
            values = [record.storage_id, row[0], title, description, user.name,
                      "open", is_pull, base, now_ms()]  # fmt: skip
            connection.execute("INSERT INTO pulls VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
        pull = find_pull(hub, record, row[0])
        if is_pull and tip is not None:
            repository.refs.write(pull.ref, tip, old=repository.refs.read(pull.ref))
    return pull


def find_pull(hub: HubState, record: RepositoryRecord, number: int) -> Pull:
    """Give one. Raises: Fault: 404 when there is none of this number."""
    row = hub.database.row(
        "SELECT * FROM pulls WHERE repository = ? AND number = ?", [record.storage_id, number]
    )
    if row is None:
        raise Fault(404, f"There is no discussion {number}")
    return _pull(row)


def list_pulls(hub: HubState, record: RepositoryRecord) -> list[Pull]:
    """Give all of a repository, the newest first."""
    rows = hub.database.rows(
        "SELECT * FROM pulls WHERE repository = ? ORDER BY number DESC", [record.storage_id]
    )
    return [_pull(row) for row in rows]


def set_status(hub: HubState, record: RepositoryRecord, number: int, status: str) -> Pull:
    """Close, reopen or mark one as merged, and give it as it is now."""
    with hub.database.changing() as connection:
        connection.execute(
            "UPDATE pulls SET status = ? WHERE repository = ? AND number = ?",
            [status, record.storage_id, number],
        )
    return find_pull(hub, record, number)


def set_title(hub: HubState, record: RepositoryRecord, number: int, title: str) -> Pull:
    """Rename one, and give it as it is now."""
    with hub.database.changing() as connection:
        connection.execute(
            "UPDATE pulls SET title = ? WHERE repository = ? AND number = ?",
            [title, record.storage_id, number],
        )
    return find_pull(hub, record, number)


def _pull(row: sqlite3.Row) -> Pull:
    return Pull(
        row["number"],
        row["title"],
        row["description"],
        row["author"],
        row["status"],
        bool(row["is_pull"]),
        row["base"],
        row["created_ms"],
    )
