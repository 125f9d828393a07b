"""What the Hub says of an account and of a repository, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_INITIAL_FILES = frozenset({".gitattributes"})  # what a new repository holds
VERSION_FOLDER = "version/"  # what describes the latest version of the data
DATA_FOLDER = "data/"  # the data itself, where it was uploaded
_WRITING_ROLES = frozenset({"admin", "write", "contributor"})


@dataclass(frozen=True, slots=True)
class Account:
    """Who a token belongs to.

    Attributes:
        name: the user.
        organizations: role by organization; an empty role is one the Hub did not report.
        token_role: `read`, `write`, `fineGrained` or empty where the Hub does not say.
        writable: for a fine-grained token, the namespaces whose repositories it may write.
    """

    name: str
    organizations: Mapping[str, str] = field(default_factory=dict)
    token_role: str = ""
    writable: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RemoteRepository:
    """A repository as the Hub shows it.

    Attributes:
        commit: the SHA of its main branch.
        last_modified: ISO 8601 in UTC, or None.
        files: git object id by path; for an LFS file the id of its pointer.
        sizes: size in bytes by path.
        sha256s: SHA-256 of each LFS file by path.
        gated: whether people must ask for access.
    """

    repo_id: str
    commit: str | None
    last_modified: str | None
    private: bool
    files: Mapping[str, str]
    sizes: Mapping[str, int] = field(default_factory=dict)
    sha256s: Mapping[str, str] = field(default_factory=dict)
    gated: bool = False

    @property
    def own_files(self) -> dict[str, str]:
        """Its files without those of every new repository, of the version and of the data.

        What is in the folder of the data is not only ours: whoever uploads with another client
        puts it there, too.
        """
        return {
            path: oid
            for path, oid in self.files.items()
            if path not in _INITIAL_FILES and not path.startswith((VERSION_FOLDER, DATA_FOLDER))
        }

    @property
    def version_files(self) -> dict[str, str]:
        """The files that describe the latest version of the data."""
        return {p: oid for p, oid in self.files.items() if p.startswith(VERSION_FOLDER)}

    @property
    def data_files(self) -> dict[str, str]:
        """The files in the folder of the data, whoever put them there."""
        return {p: oid for p, oid in self.files.items() if p.startswith(DATA_FOLDER)}

    @property
    def is_fresh(self) -> bool:
        """Whether it holds nothing but what the Hub puts into a new repository."""
        return self.files.keys() <= _INITIAL_FILES

    def holds(self, files: Mapping[str, str]) -> bool:
        """Return whether it holds exactly `files` (git object id by path) beside initial ones."""
        return self.own_files == dict(files)


@dataclass(frozen=True, slots=True)
class RemoteCommit:
    """A commit of a repository as the Hub lists it.

    Attributes:
        sha: its id.
        title: the first line of its message.
    """

    sha: str
    title: str


@dataclass(frozen=True, slots=True)
class RemoteDataset:
    """A repository as a listing of the Hub shows it.

    Attributes:
        card: the front matter of its card; empty where there is none.
        gated: whether people must ask for access.
    """

    repo_id: str
    private: bool
    card: Mapping[str, Any]
    gated: bool = False


def write_problem(account: Account, namespace: str) -> str | None:
    """Say why `account` may not create repositories in `namespace`; None when it may."""
    role = {name.casefold(): role for name, role in account.organizations.items()}.get(
        namespace.casefold()
    )
    if role is None and account.name.casefold() != namespace.casefold():
        return f"the account {account.name} is not a member of the organization {namespace}"
    if role and role not in _WRITING_ROLES:
        return f'the account {account.name} has the role "{role}" in {namespace}; it cannot write'
    if account.token_role == "read":  # noqa: S105 - a role's name
        return f"the token of {account.name} may only read"
    is_limited = account.token_role == "fineGrained"  # noqa: S105 - a role's name
    if is_limited and namespace.casefold() not in {name.casefold() for name in account.writable}:
        return (
            f"the fine-grained token of {account.name} may not write repositories of {namespace}"
        )
    return None
