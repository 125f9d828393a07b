"""What the Hub's answers must hold, checked where they arrive.

The shapes name only what is used here; a Hub may send more. pydantic's JSON parser also refuses
what is not UTF-8, is not JSON, or is nested too deeply.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import Field, ValidationError

from huggingnersc.adapters.hub.failures import UnexpectedAnswerError
from huggingnersc.domain.catalog.remote import (
    Account,
    RemoteCommit,
    RemoteDataset,
    RemoteRepository,
)
from huggingnersc.type_adapter import type_adapter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

Shape = TypeVar("Shape")
_adapter: Callable[[Any], Any] = cache(type_adapter)

_RepoId = Annotated[str, Field(pattern=r"^[\w.-]+(/[\w.-]+)?$")]
_CommitId = Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")]
_Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_Size = Annotated[int, Field(ge=0, lt=1 << 63)]


@dataclass(frozen=True, slots=True)
class _Organization:
    name: str
    role: Annotated[str | None, Field(alias="roleInOrg")] = None


@dataclass(frozen=True, slots=True)
class _Entity:
    name: str | None = None


@dataclass(frozen=True, slots=True)
class _Scope:
    entity: _Entity | None = None
    permissions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _FineGrained:
    scoped: tuple[_Scope, ...] = ()


@dataclass(frozen=True, slots=True)
class _Token:
    role: str | None = None
    fine_grained: Annotated[_FineGrained | None, Field(alias="fineGrained")] = None


@dataclass(frozen=True, slots=True)
class _Auth:
    token: Annotated[_Token | None, Field(alias="accessToken")] = None


@dataclass(frozen=True, slots=True)
class _Account:
    name: str
    orgs: tuple[_Organization, ...] | None = ()
    auth: _Auth | None = None


@dataclass(frozen=True, slots=True)
class _LfsFile:
    sha256: _Sha256


@dataclass(frozen=True, slots=True)
class _File:
    path: Annotated[str, Field(alias="rfilename")]
    blob_id: Annotated[str | None, Field(alias="blobId")] = None
    size: _Size | None = None
    lfs: _LfsFile | None = None


@dataclass(frozen=True, slots=True)
class _Repository:
    id: _RepoId
    private: bool
    sha: _CommitId | None = None
    last_modified: Annotated[datetime | None, Field(alias="lastModified")] = None
    gated: bool | str = False
    siblings: tuple[_File, ...] | None = ()


@dataclass(frozen=True, slots=True)
class _ListedDataset:
    id: _RepoId
    private: bool
    card: Annotated[Any, Field(alias="cardData")] = None
    gated: bool | str = False


@dataclass(frozen=True, slots=True)
class _Tag:
    name: str
    commit: Annotated[_CommitId, Field(alias="targetCommit")]


@dataclass(frozen=True, slots=True)
class _Refs:
    tags: tuple[_Tag, ...] = ()


@dataclass(frozen=True, slots=True)
class _Commit:
    id: _CommitId
    title: str = ""


def account_of(content: bytes) -> Account:
    """Read the answer of `/api/whoami-v2`.

    Raises:
        UnexpectedAnswerError: it has another shape.
    """
    answer = _read(_Account, content)
    token = (answer.auth and answer.auth.token) or _Token()
    scopes = token.fine_grained.scoped if token.fine_grained else ()
    return Account(
        name=answer.name,
        organizations={one.name: one.role or "" for one in answer.orgs or ()},
        token_role=token.role or "",
        writable=frozenset(
            scope.entity.name
            for scope in scopes
            if scope.entity and scope.entity.name and "repo.write" in scope.permissions
        ),
    )


def repository_of(content: bytes) -> RemoteRepository:
    """Read the answer of `/api/datasets/ID`.

    Raises:
        UnexpectedAnswerError: it has another shape.
    """
    answer = _read(_Repository, content)
    files, modified = answer.siblings or (), answer.last_modified
    return RemoteRepository(
        repo_id=answer.id,
        commit=answer.sha,
        last_modified=modified.isoformat() if modified else None,
        private=answer.private,
        files={file.path: file.blob_id or "" for file in files},
        sizes={file.path: file.size or 0 for file in files},
        sha256s={file.path: file.lfs.sha256 for file in files if file.lfs},
        gated=bool(answer.gated),
    )


def datasets_of(content: bytes) -> tuple[RemoteDataset, ...]:
    """Read one page of `/api/datasets`; a card that is no object counts as empty.

    Raises:
        UnexpectedAnswerError: it has another shape.
    """
    return tuple(
        RemoteDataset(
            one.id,
            private=one.private,
            card=one.card if isinstance(one.card, dict) else {},
            gated=bool(one.gated),
        )
        for one in _read(tuple[_ListedDataset, ...], content)
    )


def tags_of(content: bytes) -> Mapping[str, str]:
    """Read the answer of `/api/datasets/ID/refs`: the commit of each tag by name.

    Raises:
        UnexpectedAnswerError: it has another shape.
    """
    return {tag.name: tag.commit for tag in _read(_Refs, content).tags}


def commits_of(content: bytes) -> tuple[RemoteCommit, ...]:
    """Read one page of `/api/datasets/ID/commits/main`.

    Raises:
        UnexpectedAnswerError: it has another shape.
    """
    return tuple(RemoteCommit(one.id, one.title) for one in _read(tuple[_Commit, ...], content))


def commit_of(value: object) -> str:
    """Return the SHA of a new commit.

    Raises:
        UnexpectedAnswerError: it is no SHA.
    """
    with _explained():
        commit: str = _adapter(_CommitId).validate_python(value, strict=True)
    return commit


def _read(shape: type[Shape], content: bytes) -> Shape:
    with _explained():
        answer: Shape = _adapter(shape).validate_json(content, strict=True)
    return answer


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        raise UnexpectedAnswerError(": ".join(filter(None, (where, first["msg"])))) from error
