"""Gated repositories: everyone sees them, only accepted users get their files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.hub_server.http_error import HttpError
from huggingnersc.hub_server.storage.registry import now_ms

if TYPE_CHECKING:
    from huggingnersc.hub_server.session import RepositorySession


def check_gate(session: RepositorySession) -> None:
    """Return when the user may read the files. Raises: HttpError: 401 or 403 GatedRepo."""
    record, user = session.record, session.user
    if not record.gated:
        return
    if user is not None and user.role_in(record.name.namespace) is not None:
        return
    if user is not None and status_of(session, user.name) == "accepted":
        return
    raise HttpError(
        401 if user is None else 403,
        f"Access to {record.name.kind} {record.name.repo_id} is restricted and you are not in "
        "the authorized list. Ask its owners for access.",
        code="GatedRepo",
    )


def status_of(session: RepositorySession, user: str) -> str | None:
    """Return `pending`, `accepted` or `rejected`, None when the user never asked."""
    row = session.hub.database.row(
        "SELECT status FROM grants WHERE repository = ? AND user = ?",
        [session.storage_id, user.lower()],
    )
    return None if row is None else str(row["status"])


def set_status(session: RepositorySession, user: str, status: str) -> None:
    """Record what was decided about a user's request for access."""
    with session.hub.database.changing() as connection:
        connection.execute(
            "INSERT INTO grants (repository, user, status, asked_ms) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (repository, user) DO UPDATE SET status = excluded.status",
            [session.storage_id, user.lower(), status, now_ms()],
        )


def requests(session: RepositorySession, status: str) -> list[tuple[str, int]]:
    """Return (user, milliseconds since the epoch) of every request with this status."""
    rows = session.hub.database.rows(
        "SELECT user, asked_ms FROM grants WHERE repository = ? AND status = ? ORDER BY asked_ms",
        [session.storage_id, status],
    )
    return [(row["user"], row["asked_ms"]) for row in rows]
