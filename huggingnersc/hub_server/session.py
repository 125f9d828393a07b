"""A repository opened for one user: what handlers and services work on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.hub_server.http_error import HttpError

if TYPE_CHECKING:
    from huggingnersc.hub_server.accounts import User
    from huggingnersc.hub_server.hub_context import HubContext
    from huggingnersc.hub_server.storage.registry import RepositoryRecord
    from huggingnersc.hub_server.storage.repository import GitRepository


@dataclass(frozen=True, slots=True)
class RepositorySession:
    """One repository, opened once for one request.

    Attributes:
        hub: the Hub it is in.
        record: what the registry knew about it when it was opened.
        git: its objects and refs.
        user: who asks, None without a token.
    """

    hub: HubContext
    record: RepositoryRecord
    git: GitRepository
    user: User | None

    @property
    def storage_id(self) -> str:
        """The permanent id of the repository."""
        return self.record.storage_id

    def require_user(self) -> User:
        """Return who asks. Raises: HttpError: 401 without a token."""
        return require_user(self.user)


def open_session(
    hub: HubContext, record: RepositoryRecord, user: User | None
) -> RepositorySession:
    """Open the repository behind `record` for `user`; what the user may do is not checked."""
    return RepositorySession(hub, record, hub.store.open(record.storage_id), user)


def require_user(user: User | None) -> User:
    """Return `user`. Raises: HttpError: 401 when it is None."""
    if user is None:
        raise HttpError(401, "This needs a token: log in with `hf auth login` or set HF_TOKEN")
    return user
