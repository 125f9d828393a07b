"""A repository opened for one page: the same rules as for every other client."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from huggingnersc.domain.hub.pages.addresses import RepoPages
from huggingnersc.domain.hub.pages.chips import chips_of
from huggingnersc.domain.hub.pages.repo_values import CommitRow, RepoHeader
from huggingnersc.domain.hub.pages.values import Choice, RepoRow
from huggingnersc.domain.hub.refs import MAIN

if TYPE_CHECKING:
    from collections.abc import Callable

    from huggingnersc.adapters.loopback.call import Call
    from huggingnersc.adapters.loopback.registry import RepositoryRecord
    from huggingnersc.adapters.loopback.store.repository import GitRepository
    from huggingnersc.adapters.loopback.store.values import Commit

_REVISION_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Visit:
    """A visible repository, at a revision and a path."""

    call: Call
    record: RepositoryRecord
    git: GitRepository
    revision: str
    path: str

    @property
    def pages(self) -> RepoPages:
        """The addresses of this repository's pages, under its name of today."""
        return RepoPages(self.record.name)

    def commit(self) -> Commit:
        """Give the commit asked for. Raises: Fault: 404."""
        return self.git.resolve(self.revision)

    def header(self, tab: str, revision: str = "") -> RepoHeader:
        """Give the head of a page under `tab`; its tabs lead to `revision`."""
        record = self.record
        return RepoHeader(
            pages=self.pages,
            title=record.title,
            chips=chips_of(record.tags, record.name.kind),
            updated=moment(record.modified_ms / 1000),
            downloads=record.downloads,
            revision=revision or self.revision,
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
        current = self.revision
        return tuple(Choice(n, address(n), n == current) for n in first[:_REVISION_LIMIT])


def visit(call: Call) -> Visit:
    """Open the repository the address names.

    Raises:
        Fault: RepoNotFound when it is not there or hidden from whoever asks.
    """
    record = call.record()
    revision = call.parts.get("rev", MAIN)
    path = call.parts.get("path", "").strip("/")
    return Visit(call, record, call.hub.repository(record), revision, path)


def visit_files(call: Call) -> Visit:
    """Open the repository for whoever may read its files.

    Raises:
        Fault: RepoNotFound, or GatedRepo for those who have no access.
    """
    call.readable()
    return visit(call)


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
