"""May this user use this big file here?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.hub_server.services.access import may_see

if TYPE_CHECKING:
    from huggingnersc.hub_server.accounts import User
    from huggingnersc.hub_server.hub_context import HubContext
    from huggingnersc.hub_server.storage.registry import RepositoryRecord


def link_if_readable(
    hub: HubContext, record: RepositoryRecord, user: User, oid: str, size_bytes: int
) -> bool:
    """Return whether the repository may use the file; let it when the user can read it elsewhere.

    A user who can download the content from another repository may place it here without
    uploading it again; anybody else has to show the bytes.
    """
    if hub.links.holds(record.storage_id, oid):
        return True
    for storage_id in hub.links.holders(oid):
        other = hub.registry.by_id(storage_id)
        if other is not None and may_see(user, other) and not other.gated:
            hub.links.add(record.storage_id, [(oid, size_bytes)])
            return True
    return False
