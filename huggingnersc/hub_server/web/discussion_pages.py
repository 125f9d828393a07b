"""Discussions and pull requests: their list, and what was said and done in one."""

from __future__ import annotations

import hashlib
from itertools import islice
from typing import TYPE_CHECKING

from markupsafe import Markup

from huggingnersc.hub_server.http_error import HttpError
from huggingnersc.hub_server.protocol.ref_names import MAIN
from huggingnersc.hub_server.services import merge, pull_requests
from huggingnersc.hub_server.services.gating import check_gate
from huggingnersc.hub_server.storage import history
from huggingnersc.hub_server.storage.errors import StorageError
from huggingnersc.hub_server.web.addresses import list_address
from huggingnersc.hub_server.web.changes import changes_between
from huggingnersc.hub_server.web.discussion_values import (
    DiscussionPage,
    DiscussionRow,
    DiscussionsPage,
    Entry,
    PullFacts,
)
from huggingnersc.hub_server.web.markdown import Origin, render_markdown
from huggingnersc.hub_server.web.rendered import rendered_once
from huggingnersc.hub_server.web.repo_view import moment
from huggingnersc.hub_server.web.values import Choice, Pager

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from huggingnersc.hub_server.services.pull_requests import Event, Pull
    from huggingnersc.hub_server.storage.values import Commit
    from huggingnersc.hub_server.web.repo_view import RepoView

PAGE_LENGTH = 50
EVENTS_SHOWN = 50
RENDERED_LIMIT = 128 * 1024
"""So many characters of the comments on one page are rendered; those after them are plain text."""

COMMITS_SHOWN = 50
_FILTERS = ("open", "closed", "all")
_GATED = "The changes are shown to those who may read the files."


def discussions_page(view: RepoView, status: str, number: int) -> DiscussionsPage:
    """Assemble page `number` (from 1) of the discussions whose status is open, closed or all."""
    pulls = pull_requests.list_pulls(view.session)
    found = {one: [pull for pull in pulls if _fits(pull, one)] for one in _FILTERS}
    status = status if status in _FILTERS else "open"
    start = (number - 1) * PAGE_LENGTH
    rows = found[status][start : start + PAGE_LENGTH]

    def address(status: str, page: int = 1) -> str:
        shown = "" if status == "open" else status
        return list_address(view.pages.discussions, status=shown, page=page if page > 1 else "")

    return DiscussionsPage(
        header=view.header("discussions", MAIN),
        filters=tuple(
            Choice(one.capitalize(), address(one), one == status, len(found[one]))
            for one in _FILTERS
        ),
        rows=tuple(_row(view, pull) for pull in rows),
        pager=Pager(
            number,
            newer=address(status, number - 1) if number > 1 else "",
            older=address(status, number + 1) if found[status][start + PAGE_LENGTH :] else "",
        ),
    )


def discussion_page(view: RepoView, number: int, page: int) -> DiscussionPage:
    """Assemble page `page` (from 1) of discussion `number`. Raises: HttpError: 404."""
    pull = pull_requests.find_pull(view.session, number)
    events = pull_requests.events(view.session, number)
    start = (page - 1) * EVENTS_SHOWN
    address = view.pages.discussion(number)
    return DiscussionPage(
        header=view.header("discussions", MAIN),
        row=_row(view, pull),
        entries=tuple(_entries(view, events[start : start + EVENTS_SHOWN])),
        pager=Pager(
            page,
            newer=list_address(address, page=page - 1 if page > 2 else "") if page > 1 else "",
            older=list_address(address, page=page + 1) if events[start + EVENTS_SHOWN :] else "",
        ),
        pull=_pull_facts(view, pull) if pull.is_pull else None,
    )


def _fits(pull: Pull, status: str) -> bool:
    return status == "all" or (pull.status == "open") == (status == "open")


def _row(view: RepoView, pull: Pull) -> DiscussionRow:
    return DiscussionRow(
        number=pull.number,
        title=pull.title,
        author=pull.author,
        status=pull.status,
        is_pull=pull.is_pull,
        opened=moment(pull.created_ms / 1000),
        href=view.pages.discussion(pull.number),
    )


def _entries(view: RepoView, events: Sequence[Event]) -> Iterator[Entry]:
    left = RENDERED_LIMIT
    for event in events:
        comment = event.data.get("raw") if event.kind == "comment" else None
        html = None
        if isinstance(comment, str) and not event.data.get("hidden"):
            left -= len(comment)
            html = _comment(view, event.id, comment) if left >= 0 else _plain(comment)
        yield Entry(
            anchor=event.id,
            author=event.author,
            moment=moment(event.created_ms / 1000),
            html=html,
            text="" if html is not None else _deed(event),
            is_edited=event.data.get("edited") is True,
        )


def _comment(view: RepoView, anchor: str, text: str) -> Markup:
    origin = Origin(view.pages, MAIN, id_prefix=f"in-{anchor}-")
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    return rendered_once(
        lambda: render_markdown(text, origin, deepen=2), "comment", digest, origin
    )


def _plain(text: str) -> Markup:
    return Markup("<pre>{}</pre>").format(text)


def _deed(event: Event) -> str:
    if event.kind == "comment":
        return "hid a comment"
    if event.kind == "title-change":
        return f"changed the title from “{event.data.get('from')}” to “{event.data.get('to')}”"
    deeds = {"merged": "merged this", "closed": "closed this", "open": "opened this again"}
    return deeds.get(str(event.data.get("status")), "changed this")


def _pull_facts(view: RepoView, pull: Pull) -> PullFacts:
    base = pull.base.removeprefix("refs/heads/")
    try:
        check_gate(view.session)
        return _compared(view, pull, base)
    except HttpError as error:
        if error.code != "GatedRepo":
            raise
        return PullFacts(base, pull.ref, hidden=_GATED)
    except StorageError as error:
        return PullFacts(base, pull.ref, hidden=f"The changes cannot be shown: {error}.")


def _compared(view: RepoView, pull: Pull, base: str) -> PullFacts:
    sides = _sides(view, pull)
    if sides is None:
        return PullFacts(base, pull.ref, hidden="One of its branches is gone.")
    old, new = sides
    fork = rendered_once(lambda: _fork(view, old, new), "fork", old, new)
    commits = list(islice(_commits(view, fork, new), COMMITS_SHOWN + 1))
    merged = pull.merged_as
    return PullFacts(
        base=base,
        ref=pull.ref,
        commits=tuple(view.row(commit) for commit in commits[:COMMITS_SHOWN]),
        are_more=len(commits) > COMMITS_SHOWN,
        conflicts=_conflicts(view, pull, old, new) if pull.status == "open" else (),
        merged_as=Choice(merged[:8], view.pages.commit(merged)) if merged else None,
        changes=changes_between(view, old, merged) if merged else changes_between(view, fork, new),
    )


def _sides(view: RepoView, pull: Pull) -> tuple[str, str] | None:
    """Return the commits that are to be merged, or were; None when one is gone."""
    if pull.merged_as:
        parents = view.git.objects.commit(pull.merged_as).parents
        return (parents[0], parents[1]) if len(parents) > 1 else None
    old, new = view.git.refs.read(pull.base), view.git.refs.read(pull.ref)
    return (old, new) if old is not None and new is not None else None


def _fork(view: RepoView, old: str, new: str) -> str:
    """Return the commit from which a pull request was made, `""` without a common past."""
    return next(iter(history.merge_bases(view.git.objects, [old], new)), "")


def _commits(view: RepoView, fork: str, new: str) -> Iterator[Commit]:
    sha = new
    while sha and sha != fork:
        commit = view.git.objects.commit(sha)
        yield commit
        sha = commit.parents[0] if commit.parents else ""


def _conflicts(view: RepoView, pull: Pull, old: str, new: str) -> tuple[str, ...]:
    return rendered_once(lambda: tuple(merge.conflicts(view.git, pull)), "conflicts", old, new)
