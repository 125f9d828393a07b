"""What the pages of discussions show: frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from markupsafe import Markup

    from huggingnersc.hub_server.web.repo_values import Changes, CommitRow, RepoHeader
    from huggingnersc.hub_server.web.values import Choice, Pager


@dataclass(frozen=True, slots=True)
class DiscussionRow:
    """A discussion or pull request in a list; `status` is open, closed or merged."""

    number: int
    title: str
    author: str
    status: str
    is_pull: bool
    opened: datetime
    href: str

    @property
    def kind(self) -> str:
        """What it is, in words."""
        return "Pull request" if self.is_pull else "Discussion"


@dataclass(frozen=True, slots=True)
class DiscussionsPage:
    """The discussions of a repository, one page of them; `filters` are open, closed and all."""

    header: RepoHeader
    filters: tuple[Choice, ...]
    rows: tuple[DiscussionRow, ...]
    pager: Pager


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was said or done in a discussion.

    Attributes:
        anchor: its id on the page, which clients use in links too.
        author: who said or did it.
        moment: when.
        html: a comment as safe HTML, None for anything else.
        text: what was done, `""` for a comment.
        is_edited: whether a comment was changed later.
    """

    anchor: str
    author: str
    moment: datetime
    html: Markup | None
    text: str
    is_edited: bool = False


@dataclass(frozen=True, slots=True)
class PullFacts:
    """What a pull request would do, or did.

    Attributes:
        base: the branch it is to be merged into.
        ref: where its commits are.
        commits: its commits, the newest first; `are_more` says whether there are older ones.
        conflicts: files that both sides changed.
        merged_as: the commit that merged it, None before.
        changes: what it changes; None where `hidden` says why nothing is shown.
    """

    base: str
    ref: str
    commits: tuple[CommitRow, ...] = ()
    are_more: bool = False
    conflicts: tuple[str, ...] = ()
    merged_as: Choice | None = None
    changes: Changes | None = None
    hidden: str = ""


@dataclass(frozen=True, slots=True)
class DiscussionPage:
    """A discussion or pull request: what was said and done, and what it changes."""

    header: RepoHeader
    row: DiscussionRow
    entries: tuple[Entry, ...]
    pager: Pager
    pull: PullFacts | None
