"""Whether a user may use a big file in a repository, now or with a link issued earlier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.hub_server.http_error import HttpError, forbidden
from huggingnersc.hub_server.services.access import may_see
from huggingnersc.hub_server.services.gating import check_gate
from huggingnersc.hub_server.session import open_session

if TYPE_CHECKING:
    from huggingnersc.hub_server.hub_context import HubContext
    from huggingnersc.hub_server.session import RepositorySession
    from huggingnersc.hub_server.storage.registry import RepositoryRecord

DOWNLOAD_LIFE_S = 3600
UPLOAD_LIFE_S = 24 * 3600
DOWNLOAD = "get"

_SEPARATOR = "~"  # in no name of a user, and nothing to be quoted in an address


def link_if_readable(session: RepositorySession, oid: str, size_bytes: int) -> bool:
    """Return whether the repository may use the file; link it when the user can read it elsewhere.

    A user who can download the content from another repository may use it here without
    uploading it again; anyone else has to upload the bytes.
    """
    hub = session.hub
    if hub.links.holds(session.storage_id, oid):
        return True
    for storage_id in hub.links.holders(oid):
        other = hub.registry.by_id(storage_id)
        if other is not None and may_see(session.user, other) and not other.gated:
            hub.links.add(session.storage_id, [(oid, size_bytes)])
            return True
    return False


def issue_ticket(session: RepositorySession, action: str, *file: str | int) -> str:
    """Return the permission to do `action` with one file, for an address that needs no token.

    It is bound to the user, the repository and, for a download, to who may see that; it is good
    for `DOWNLOAD_LIFE_S` or `UPLOAD_LIFE_S`.
    """
    user = "" if session.user is None else session.user.name
    life_s = DOWNLOAD_LIFE_S if action == DOWNLOAD else UPLOAD_LIFE_S
    parts = _bound(session.hub, session.record, user, action)
    return f"{user}{_SEPARATOR}{session.hub.ticket(*parts, *file, life_s=life_s)}"


def redeem_ticket(
    hub: HubContext, ticket: str, action: str, storage_id: str, *file: str | int
) -> RepositorySession:
    """Open the repository for the user to whom `ticket` was issued.

    What that user may do is checked again: a link must not outlive a right.

    Raises:
        HttpError: 403 when it was not issued for this, has expired, or the repository, its
            visibility or the user's token has changed since; 401 or 403 GatedRepo.
    """
    user, _, proof = ticket.partition(_SEPARATOR)
    record = hub.registry.by_id(storage_id)
    if record is None or not hub.admits(proof, *_bound(hub, record, user, action), *file):
        raise forbidden("This address has expired or was never issued")
    session = open_session(hub, record, hub.accounts.user(user) if user else None)
    if not may_see(session.user, record):
        raise forbidden("This address has expired or was never issued")
    check_gate(session)
    return session


def require_link(session: RepositorySession, oid: str, size_bytes: int) -> None:
    """Return when the repository holds the whole file. Raises: HttpError: 404."""
    hub = session.hub
    if hub.lfs.size(oid) != size_bytes or not hub.links.holds(session.storage_id, oid):
        raise HttpError(404, "This file was not uploaded")


def _bound(hub: HubContext, record: RepositoryRecord, user: str, action: str) -> tuple[str, ...]:
    # An upload goes on while its repository changes hands or visibility; it shows nothing.
    visibility = f"{record.private} {record.gated}" if action == DOWNLOAD else ""
    return (action, record.storage_id, user, hub.accounts.credential(user), visibility)
