"""Who looks at which repository: the same rules as for every other client."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from huggingnersc.adapters.loopback.access import may_see
from huggingnersc.adapters.loopback.faults import Fault, repository_missing
from huggingnersc.domain.hub.pages.addresses import RepoPages
from huggingnersc.domain.hub.pages.chips import chips_of
from huggingnersc.domain.hub.pages.repo_values import CommitRow, RepoHeader
from huggingnersc.domain.hub.pages.values import Choice, RepoRow
from huggingnersc.domain.hub.refs import MAIN

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from huggingnersc.adapters.loopback.accounts import User
    from huggingnersc.adapters.loopback.hub import HubState
    from huggingnersc.adapters.loopback.registry import RepositoryRecord
    from huggingnersc.adapters.loopback.store.repository import GitRepository
    from huggingnersc.adapters.loopback.store.values import Commit
    from huggingnersc.domain.hub.pages.page_request import RepoRequest

_REVISION_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Visit:
    """A visible repository, opened for one request."""

    hub: HubState
    user: User | None
    record: RepositoryRecord
    git: GitRepository
    asked: RepoRequest
    address: str

    @property
    def pages(self) -> RepoPages:
        """The addresses of this repository's pages, under its name of today."""
        return RepoPages(self.record.name)

    def commit(self) -> Commit:
        """Give the commit asked for. Raises: Fault: 404."""
        return self.git.resolve(self.asked.revision)

    def header(self, tab: str) -> RepoHeader:
        """Give the head of a page under `tab`."""
        record = self.record
        return RepoHeader(
            pages=self.pages,
            title=record.title,
            chips=chips_of(record.tags, record.name.kind),
            updated=moment(record.modified_ms / 1000),
            downloads=record.downloads,
            revision=MAIN if self.asked.view == "commit" else self.asked.revision,
            tab=tab,
            is_private=record.private,
            is_gated=bool(record.gated),
        )

    def row(self, commit: Commit) -> CommitRow:
        """Give a commit as a line of a list."""
        return CommitRow(
            commit.sha,
            commit.title,
            commit.author,
            moment(commit.time_s),
            self.pages.commit(commit.sha),
        )

    def revisions(self, address: Callable[[str], str]) -> tuple[Choice, ...]:
        """Give branches and tags to choose from, each leading to `address(name)`."""
        heads = ("refs/heads/", "refs/tags/")
        refs = self.git.refs.all()
        names = [ref.removeprefix(head) for head in heads for ref in refs if ref.startswith(head)]
        first = sorted(dict.fromkeys(names), key=lambda name: (name != MAIN, name))
        current = self.asked.revision
        return tuple(Choice(n, address(n), n == current) for n in first[:_REVISION_LIMIT])


def visit(hub: HubState, request: Request, asked: RepoRequest) -> Visit:
    """Open the repository asked for.

    Raises:
        Fault: 404 (401 for an anonymous browser) when it is not there or hidden.
    """
    user = reader_of(hub, request)
    record = hub.registry.find(asked.repo)
    if record is None or not may_see(user, record):
        raise repository_missing(anonymous=user is None)
    address = str(request.base_url).rstrip("/")
    return Visit(hub, user, record, hub.repository(record), asked, address)


def reader_of(hub: HubState, request: Request) -> User | None:
    """Give the user behind the request's token, `None` for the anonymous visitor of a browser.

    Raises:
        Fault: 401 for a token that nobody has.
    """
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    token = {"bearer": value.strip(), "basic": _password(value)}.get(scheme.lower(), "")
    user = hub.accounts.user_of(token) if token else None
    if token and user is None:
        raise Fault(401, "Invalid credentials in Authorization header")
    return user


def repo_row(record: RepositoryRecord) -> RepoRow:
    """Give a repository as a line of a list."""
    return RepoRow(
        pages=RepoPages(record.name),
        title=record.title,
        chips=chips_of(record.tags, record.name.kind),
        updated=moment(record.modified_ms / 1000),
        downloads=record.downloads,
        is_private=record.private,
        is_gated=bool(record.gated),
    )


def moment(seconds: float) -> datetime:
    """Give a time since the epoch in UTC; what no calendar holds becomes its beginning."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return datetime.fromtimestamp(0, UTC)


def _password(value: str) -> str:
    try:
        return base64.b64decode(value.strip()).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""
