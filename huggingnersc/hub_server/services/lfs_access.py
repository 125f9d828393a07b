"""Whether a user may use a big file in a repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.hub_server.services.access import may_see

if TYPE_CHECKING:
    from huggingnersc.hub_server.session import RepositorySession


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
