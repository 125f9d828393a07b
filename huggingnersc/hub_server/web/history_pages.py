"""The history of a repository, and what one commit changed."""

from __future__ import annotations

from itertools import groupby, islice
from typing import TYPE_CHECKING

from huggingnersc.domain.text.diff import TextDiff, diff_texts
from huggingnersc.domain.text.formatting import at_most, day, size_words
from huggingnersc.hub_server.protocol.ref_names import MAIN
from huggingnersc.hub_server.storage.history import page
from huggingnersc.hub_server.web.rendered import rendered_once
from huggingnersc.hub_server.web.repo_values import (
    ChangedFile,
    CommitPage,
    HistoryDay,
    HistoryPage,
)
from huggingnersc.hub_server.web.values import Choice, Pager

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from huggingnersc.hub_server.storage.values import Change, TreeEntry
    from huggingnersc.hub_server.web.repo_view import RepoView

PAGE_LENGTH = 40
DEEPEST_PAGE = 1_000
CHANGES_SHOWN = 100
CHANGES_COUNTED = 1_000
DIFF_LIMIT_BYTES = 512 * 1024
DIFF_LIMIT_LINES = 20_000
LINES_SHOWN = 3_000
COMPARED_LIMIT_BYTES = 2 * 1024 * 1024
"""Of one commit at most so many lines are shown and bytes compared; no file after them is."""


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
    changes = list(islice(view.git.changes(commit), CHANGES_COUNTED + 1))
    moved = _moved_from(changes)
    kept = [change for change in changes if change.path not in moved.values()]
    parents = (Choice(sha[:8], view.pages.commit(sha)) for sha in commit.parents)
    return CommitPage(
        header=view.header("history", MAIN),
        commit=view.row(commit),
        body=commit.message,
        parents=tuple(parents),
        files=at_most(len(kept), CHANGES_COUNTED, "file"),
        changes=rendered_once(
            lambda: tuple(_changes(view, kept[:CHANGES_SHOWN], commit.sha, moved)),
            "commit",
            commit.sha,
            view.pages,
        ),
        is_cut=len(kept) > CHANGES_SHOWN,
    )


def _moved_from(changes: Iterable[Change]) -> dict[str, str]:
    """Return, for every added file with the content of a deleted one, the deleted one's path."""
    deleted = {change.old.oid: change.path for change in changes if change.old and not change.new}
    return {
        change.path: deleted.pop(change.new.oid)
        for change in changes
        if change.new and not change.old and change.new.oid in deleted
    }


def _changes(
    view: RepoView, changes: Iterable[Change], sha: str, moved: dict[str, str]
) -> Iterator[ChangedFile]:
    room, bytes_left = LINES_SHOWN, COMPARED_LIMIT_BYTES
    for number, change in enumerate(changes):
        bytes_left -= _compared_bytes(change)
        room = room if bytes_left >= 0 else 0
        old_path = moved.get(change.path, "")
        diff, note = (None, "") if old_path else _difference(view, change, room)
        lines = sum(map(len, diff.hunks)) if diff else 0
        fits, room = lines <= room, room - lines
        yield ChangedFile(
            path=change.path,
            old_path=old_path,
            verb="renamed" if old_path else _verb(change),
            href=view.pages.blob(sha, change.path) if change.new else "",
            anchor=f"change-{number}",
            diff=diff if fits else None,
            note=note if fits else f"{lines:,} lines: too many to show.",
        )


def _compared_bytes(change: Change) -> int:
    sides = [side for side in (change.old, change.new) if side is not None]
    return sum(side.size_bytes for side in sides) if all(map(_may_be_text, sides)) else 0


def _may_be_text(entry: TreeEntry) -> bool:
    return entry.lfs is None and entry.size_bytes <= DIFF_LIMIT_BYTES


def _verb(change: Change) -> str:
    if change.old is None:
        return "added"
    return "changed" if change.new else "deleted"


def _difference(view: RepoView, change: Change, room: int) -> tuple[TextDiff | None, str]:
    if room <= 0:
        return None, "Not shown: the changes above are long enough."
    texts = [_text(view, entry) for entry in (change.old, change.new)]
    if None in texts:
        sizes = [size_words(entry.size_bytes) for entry in (change.old, change.new) if entry]
        return None, f"Not shown as text: {' → '.join(sizes)}."
    old, new = (text or "" for text in texts)
    diff = diff_texts(old, new)
    return diff, "" if diff.hunks else "The file is empty or only its last line end changed."


def _text(view: RepoView, entry: TreeEntry | None) -> str | None:
    """Return the text of one side, `""` for a side that is not there, `None` if it is no text."""
    if entry is None:
        return ""
    if not _may_be_text(entry):
        return None
    data = view.git.objects.blob(entry.oid)
    if b"\0" in data or data.count(b"\n") > DIFF_LIMIT_LINES:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None
