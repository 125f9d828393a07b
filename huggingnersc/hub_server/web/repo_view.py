"""A repository opened for one page: the same rules as for every other client."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from huggingnersc.domain.loading.loading import SAMPLE_CONFIG
from huggingnersc.domain.repo_names import RepoKind
from huggingnersc.domain.versions.version import VERSION_FILE
from huggingnersc.hub_server.http_error import HttpError
from huggingnersc.hub_server.protocol.ref_names import MAIN
from huggingnersc.hub_server.services.gating import check_gate
from huggingnersc.hub_server.services.pull_requests import count_open
from huggingnersc.hub_server.storage.errors import RevisionMissingError
from huggingnersc.hub_server.web.addresses import RepoPages
from huggingnersc.hub_server.web.badges import badges_of
from huggingnersc.hub_server.web.data_configs import DATA_FOLDER, config_names, sample_files
from huggingnersc.hub_server.web.repo_values import CommitRow, RepoHeader
from huggingnersc.hub_server.web.values import Choice, RepoRow

if TYPE_CHECKING:
    from collections.abc import Callable

    from huggingnersc.hub_server.context import RequestContext
    from huggingnersc.hub_server.session import RepositorySession
    from huggingnersc.hub_server.storage.registry import RepositoryRecord
    from huggingnersc.hub_server.storage.repository import GitRepository
    from huggingnersc.hub_server.storage.values import Commit

_REVISION_LIMIT = 200


@dataclass(frozen=True, slots=True)
class RepoView:
    """A visible repository, at a revision and a path."""

    context: RequestContext
    session: RepositorySession
    revision: str
    path: str

    @property
    def record(self) -> RepositoryRecord:
        """What the registry knows about the repository."""
        return self.session.record

    @property
    def git(self) -> GitRepository:
        """Its objects and refs."""
        return self.session.git

    @property
    def pages(self) -> RepoPages:
        """The addresses of this repository's pages, under its name of today."""
        return RepoPages(self.record.name)

    @property
    def may_read_files(self) -> bool:
        """Whether this user may read the files, and not only the card."""
        try:
            check_gate(self.session)
        except HttpError:
            return False
        return True

    def commit(self) -> Commit:
        """Return the commit asked for. Raises: RevisionMissingError."""
        return self.git.resolve(self.revision)

    def has_data(self, revision: str) -> bool:
        """Return whether a revision says what the data of a dataset is."""
        if self.record.name.kind is not RepoKind.DATASET:
            return False
        if SAMPLE_CONFIG in config_names(self.record.card) or sample_files(self.record.card):
            return True
        try:
            commit = self.git.resolve(revision)
        except RevisionMissingError:
            return False
        return self.git.find(commit, f"{DATA_FOLDER}/{VERSION_FILE}") is not None

    def header(self, tab: str, revision: str = "") -> RepoHeader:
        """Return the head of a page under `tab`; its tabs link to `revision`."""
        record = self.record
        return RepoHeader(
            pages=self.pages,
            title=record.title,
            badges=badges_of(record.tags, record.name.kind),
            updated=moment(record.modified_ms / 1000),
            downloads=record.downloads,
            revision=revision or self.revision,
            tab=tab,
            is_private=record.private,
            is_gated=bool(record.gated),
            open_discussions=count_open(self.session),
            has_data=self.has_data(revision or self.revision),
        )

    def row(self, commit: Commit) -> CommitRow:
        """Return a commit as a line of a list."""
        return CommitRow(
            commit.sha,
            commit.title,
            commit.author,
            moment(commit.time_s),
            self.pages.commit(commit.sha),
        )

    def revisions(self, address: Callable[[str], str]) -> tuple[Choice, ...]:
        """Return branches and tags to choose from, each linking to `address(name)`."""
        heads = ("refs/heads/", "refs/tags/")
        refs = self.git.refs.all()
        names = [ref.removeprefix(head) for head in heads for ref in refs if ref.startswith(head)]
        first = sorted(dict.fromkeys(names), key=lambda name: (name != MAIN, name))
        current = self.revision
        return tuple(Choice(n, address(n), n == current) for n in first[:_REVISION_LIMIT])


def open_view(context: RequestContext) -> RepoView:
    """Open the repository the address names.

    Raises:
        HttpError: RepoNotFound when it does not exist or is hidden from the user.
    """
    return _view(context, context.visible())


def open_files_view(context: RequestContext) -> RepoView:
    """Open the repository for a user who may read its files.

    Raises:
        HttpError: RepoNotFound, or GatedRepo for those who have no access.
    """
    return _view(context, context.readable())


def _view(context: RequestContext, session: RepositorySession) -> RepoView:
    revision = context.path_params.get("rev", MAIN)
    path = context.path_params.get("path", "").strip("/")
    return RepoView(context, session, revision, path)


def repo_row(record: RepositoryRecord, summary: str = "") -> RepoRow:
    """Return a repository as a line of a list, with a sentence about it."""
    return RepoRow(
        pages=RepoPages(record.name),
        title=record.title,
        summary=summary,
        badges=badges_of(record.tags, record.name.kind),
        updated=moment(record.modified_ms / 1000),
        downloads=record.downloads,
        is_private=record.private,
        is_gated=bool(record.gated),
    )


def moment(seconds: float) -> datetime:
    """Return a time since the epoch in UTC; a time out of range becomes the epoch."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return datetime.fromtimestamp(0, UTC)
