"""Who may use a Hub: users, their tokens, and the roles they have in organizations."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from huggingnersc.errors import SettingsError
from huggingnersc.hub_server.storage.durable import write_private

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

LOCAL_USER = "local"
TOKEN_FILE = "token"  # noqa: S105 - the name of the file, not what it holds


class Role(StrEnum):
    """What a member may do in an organization, from least to most."""

    READ = "read"
    CONTRIBUTOR = "contributor"
    WRITE = "write"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class User:
    """A user with a token; `roles` are by organization, in lower case."""

    name: str
    fullname: str
    email: str
    roles: Mapping[str, Role]

    def role_in(self, namespace: str) -> Role | None:
        """Return the role in a namespace: admin in one's own, None where one is no member."""
        if namespace.lower() == self.name.lower():
            return Role.ADMIN
        return self.roles.get(namespace.lower())


@dataclass(frozen=True, slots=True)
class Organization:
    """A namespace shared by its members."""

    name: str
    fullname: str
    private_by_default: bool = False


class Accounts:
    """The users and organizations of one Hub. Only hashes of tokens are kept.

    `is_local`: there is only the local user, so only requests of this machine are answered.
    """

    def __init__(
        self,
        users: Sequence[tuple[User, str]],
        organizations: Sequence[Organization],
        *,
        is_local: bool = False,
    ) -> None:
        self.is_local = is_local
        self._users = tuple(users)
        self._organizations = {item.name.lower(): item for item in organizations}

    def user_of(self, token: str) -> User | None:
        """Return the user with this token; takes the same time whichever it is, and for none."""
        digest = token_hash(token)
        found = None
        for user, known in self._users:
            if hmac.compare_digest(digest, known):
                found = user
        return found

    def credential(self, name: str) -> str:
        """Return what is kept of a user's token, `""` for no user; what it proves ends with it."""
        return next((kept for user, kept in self._users if user.name == name), "")

    def user(self, name: str) -> User | None:
        """Return the user called `name`, in any case."""
        return next((u for u, _ in self._users if u.name.lower() == name.lower()), None)

    def organization(self, name: str) -> Organization | None:
        """Return the organization called `name`, in any case."""
        return self._organizations.get(name.lower())

    def organizations_of(self, user: User) -> list[Organization]:
        """Return the organizations `user` is a member of, by name."""
        found = [o for key, o in self._organizations.items() if key in user.roles]
        return sorted(found, key=lambda item: item.name.lower())

    def members_of(self, organization: str) -> list[User]:
        """Return the members of an organization, by name."""
        found = [u for u, _ in self._users if organization.lower() in u.roles]
        return sorted(found, key=lambda item: item.name.lower())

    def canonical(self, namespace: str) -> str | None:
        """Return a namespace as its owner writes it, None when no one has it."""
        owner = self.user(namespace) or self.organization(namespace)
        return None if owner is None else owner.name


def token_hash(token: str) -> str:
    """Return what is kept of a token: its sha256 in hex.

    Tokens are random, so no salt is needed.
    """
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def local_token(root: Path) -> str:
    """Return the local user's token, created once and stored in `root/token` (mode 0600)."""
    return write_private(root / TOKEN_FILE, f"hf_{secrets.token_urlsafe(32)}".encode()).decode()


def local_accounts(root: Path, organizations: Sequence[str]) -> Accounts:
    """Return the one local user, admin of `organizations`.

    Raises:
        SettingsError: an organization's name is not a possible namespace.
    """
    from huggingnersc.domain.repo_names import repo_id_problem

    for name in organizations:
        problem = repo_id_problem(f"{name}/x")
        if problem is not None:
            raise SettingsError(f"The organization {name!r} {problem}.")
    roles = {name.lower(): Role.ADMIN for name in organizations}
    user = User(LOCAL_USER, "Local user", "local@localhost", roles)
    known = [Organization(name, name) for name in organizations]
    return Accounts([(user, token_hash(local_token(root)))], known, is_local=True)
