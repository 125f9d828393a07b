"""The format of an accounts file."""

from __future__ import annotations

import os
import stat
import tomllib
from collections import Counter
from shlex import quote
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from huggingnersc.domain.repo_names import repo_id_problem
from huggingnersc.errors import SettingsError
from huggingnersc.fixes import Message, Option, Placeholder, ShellCommand
from huggingnersc.hub_server.accounts import (
    Accounts,
    Organization,
    Role,
    User,
    token_hash,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pydantic_core import ErrorDetails


def _namespace(name: str) -> str:
    # Names such as __USER__ exist on real Hubs and are legal namespaces.
    problem = repo_id_problem(f"{name}/x")
    if problem is not None:
        raise ValueError(f"{name!r} {problem}")
    return name


Namespace = Annotated[str, AfterValidator(_namespace)]
# Part of a line of a commit: `name <email>`.
Line = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f<>]*$", max_length=200)]
# What an HTTP header can carry, with no space at its ends.
Token = Annotated[
    str,
    Field(min_length=8, max_length=512, pattern=r"^[\x21-\x7e][\x20-\x7e]*[\x21-\x7e]$"),
]
TokenHash = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
_ALLOWED: Mapping[int | str, str] = {
    "token": "a token has 8 to 512 visible ASCII characters",
    "token_sha256": "a sha256 has 64 digits, 0 to 9 and a to f",
}


class _AccountsTable(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class UserRow(_AccountsTable):
    """One `[[users]]` table: the token itself, or its sha256 in hex."""

    name: Namespace
    fullname: Line = ""
    email: Line = ""
    token: Token | None = None
    token_sha256: TokenHash | None = None

    @model_validator(mode="after")
    def _one_token(self) -> UserRow:
        if (self.token is None) == (self.token_sha256 is None):
            raise ValueError("give either token or token_sha256")
        return self

    @property
    def kept(self) -> str:
        """The hash to compare with."""
        return self.token_sha256 or token_hash(self.token or "")


class OrganizationRow(_AccountsTable):
    """One `[[organizations]]` table."""

    name: Namespace
    fullname: Line = ""
    private_by_default: bool = False
    members: dict[str, Role] = Field(default_factory=dict)


class AccountsFile(_AccountsTable):
    """The whole file."""

    users: tuple[UserRow, ...]
    organizations: tuple[OrganizationRow, ...] = ()


def _parsed(data: Mapping[str, object], source: str) -> AccountsFile:
    """Return the file when it is valid.

    Raises:
        SettingsError: with every problem, one per line; never with a token in it.
    """
    try:
        file = AccountsFile.model_validate(data)
    except ValidationError as error:
        found = [f"{_place(item['loc'])}: {_worded(item)}" for item in error.errors()]
        raise _refused(source, found) from None
    problems = list(_cross_problems(file))
    if problems:
        raise _refused(source, problems)
    return file


def _accounts_of(file: AccountsFile) -> Accounts:
    users = [(_user(row, file), row.kept) for row in file.users]
    return Accounts(users, [_organization(row) for row in file.organizations])


def _cross_problems(file: AccountsFile) -> Iterator[str]:
    if not file.users:
        yield "users: at least one is needed"
    users = {row.name.lower() for row in file.users}
    names = [row.name.lower() for row in file.users]
    names += [row.name.lower() for row in file.organizations]
    for name, count in Counter(names).items():
        if count > 1:
            yield f"the name {name!r} is given {count} times"
    if len({row.kept for row in file.users}) < len(file.users):
        yield "two users have the same token"
    for number, row in enumerate(file.organizations):
        for member in row.members:
            if member.lower() not in users:
                yield f"organizations[{number}].members: {member!r} is no user of this file"


def _user(row: UserRow, file: AccountsFile) -> User:
    roles = {
        organization.name.lower(): role
        for organization in file.organizations
        for member, role in organization.members.items()
        if member.lower() == row.name.lower()
    }
    return User(row.name, row.fullname or row.name, row.email, roles)


def _organization(row: OrganizationRow) -> Organization:
    return Organization(row.name, row.fullname or row.name, row.private_by_default)


def _worded(item: ErrorDetails) -> str:
    is_unfit = item["type"].startswith("string_")
    return _ALLOWED.get(item["loc"][-1], item["msg"]) if is_unfit else item["msg"]


def _place(location: tuple[int | str, ...]) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return text.lstrip(".") or "the file"


def _refused(source: str, problems: list[str]) -> SettingsError:
    return SettingsError(f"The accounts file {source} is not usable: {'; '.join(problems)}.")


def read_accounts(path: Path) -> Accounts:
    """Read an accounts file.

    Raises:
        SettingsError: it cannot be read, others may change it or read tokens in it, or with every
            problem in it, one per line.
    """
    try:
        with path.open("rb") as stream:
            found = os.fstat(stream.fileno())
            data = tomllib.loads(stream.read().decode())
    except OSError as error:
        raise SettingsError(
            f"The accounts file {path} cannot be read: {error.strerror}"
        ) from error
    except (ValueError, RecursionError) as error:  # also a number of 5,000 digits, deep nesting
        raise SettingsError(f"The accounts file {path} is not valid TOML: {error}") from error
    file = _parsed(data, str(path))
    _require_owner(path, found)
    _require_mode(path, stat.S_IMODE(found.st_mode), file)
    return _accounts_of(file)


def _require_owner(path: Path, found: os.stat_result) -> None:
    if found.st_uid not in {0, os.geteuid()}:
        raise SettingsError(
            f"The accounts file {path} belongs to another user, who may change it.",
            hint=Message("Give a file of your own: ", Option("accounts", Placeholder.FILE)),
        )


def _require_mode(path: Path, mode: int, file: AccountsFile) -> None:
    who = "change the accounts in it"
    forbidden = 0o022
    if any(row.token is not None for row in file.users):
        who, forbidden = "read the tokens in it or change them", 0o066
    if mode & forbidden:
        raise SettingsError(
            f"Other users may {who}: the accounts file {path} has mode {mode:04o}.",
            hint=Message("Close it: ", ShellCommand(f"chmod go-rwx {quote(str(path))}")),
        )
