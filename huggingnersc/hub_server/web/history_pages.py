"""The history of a repository, and what one commit changed."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from huggingnersc.domain.text.formatting import day
from huggingnersc.hub_server.protocol.ref_names import MAIN
from huggingnersc.hub_server.storage.history import page
from huggingnersc.hub_server.web.changes import changes_between
from huggingnersc.hub_server.web.repo_values import CommitPage, HistoryDay, HistoryPage
from huggingnersc.hub_server.web.values import Choice, Pager

if TYPE_CHECKING:
    from huggingnersc.hub_server.web.repo_view import RepoView

PAGE_LENGTH = 40
DEEPEST_PAGE = 1_000


def history_page(view: RepoView, number: int) -> HistoryPage:
    """Assemble page `number` (from 1) of the history of the revision asked for."""
    number = min(max(1, number), DEEPEST_PAGE)
    revision, pages = view.revision, view.pages
    history = view.git.history(view.commit())
    commits, more = page(history, skip=(number - 1) * PAGE_LENGTH, limit=PAGE_LENGTH)
    rows = [view.row(commit) for commit in commits]
    days = groupby(rows, key=lambda row: day(row.moment))
    return HistoryPage(
        header=view.header("history"),
        revisions=view.revisions(pages.commits),
        days=tuple(HistoryDay(name, tuple(group)) for name, group in days),
        pager=Pager(
            number,
            newer=pages.commits(revision, number - 1) if number > 1 else "",
            older=pages.commits(revision, number + 1) if more else "",
        ),
    )


def commit_page(view: RepoView) -> CommitPage:
    """Assemble the page of one commit. Raises: HttpError: 404."""
    commit = view.commit()
    parents = (Choice(sha[:8], view.pages.commit(sha)) for sha in commit.parents)
    old = commit.parents[0] if commit.parents else ""
    return CommitPage(
        header=view.header("history", MAIN),
        commit=view.row(commit),
        body=commit.message,
        parents=tuple(parents),
        changes=changes_between(view, old, commit.sha),
    )
