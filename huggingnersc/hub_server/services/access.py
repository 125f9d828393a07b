"""Who may see, read, write and own a repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.hub_server.accounts import Role

if TYPE_CHECKING:
    from huggingnersc.hub_server.accounts import User
    from huggingnersc.hub_server.storage.registry import RepositoryRecord

_MAY_CREATE = frozenset({Role.CONTRIBUTOR, Role.WRITE, Role.ADMIN})


def may_see(user: User | None, record: RepositoryRecord) -> bool:
    """Return whether `user` may know that the repository exists."""
    if not record.private:
        return True
    return user is not None and user.role_in(record.name.namespace) is not None


def may_write(user: User | None, record: RepositoryRecord) -> bool:
    """Return whether `user` may commit: writers and admins, and contributors to their own."""
    role = user.role_in(record.name.namespace) if user is not None else None
    if role is Role.CONTRIBUTOR:
        return user is not None and user.name == record.creator
    return role in {Role.WRITE, Role.ADMIN}


def may_own(user: User | None, record: RepositoryRecord) -> bool:
    """Return whether `user` may delete, move or change the settings of the repository."""
    if user is None:
        return False
    role = user.role_in(record.name.namespace)
    return role is Role.ADMIN or (role in _MAY_CREATE and user.name == record.creator)


def may_create(user: User, namespace: str) -> bool:
    """Return whether `user` may make new repositories in `namespace`."""
    return user.role_in(namespace) in _MAY_CREATE


def seen_namespaces(user: User | None) -> tuple[str, ...]:
    """Return the namespaces whose private repositories `user` may see, in lower case."""
    return () if user is None else (user.name.lower(), *user.roles)
