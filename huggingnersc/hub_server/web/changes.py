"""What differs between two commits, as a page shows it."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import quote

from markupsafe import Markup

from huggingnersc.domain.text.diff import diff_texts
from huggingnersc.domain.text.formatting import at_most, size_words
from huggingnersc.hub_server.storage.history import changed_paths, describe_change
from huggingnersc.hub_server.web.rendered import rendered_once
from huggingnersc.hub_server.web.repo_values import ChangedFile, Changes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from huggingnersc.domain.text.diff import DiffLine
    from huggingnersc.hub_server.storage.history import ChangedPath
    from huggingnersc.hub_server.storage.values import Change, TreeEntry
    from huggingnersc.hub_server.web.repo_view import RepoView

FILES_SHOWN = 60
FILES_NAMED = 1_000
DIFF_LIMIT_BYTES = 512 * 1024
DIFF_LIMIT_LINES = 20_000
LINES_SHOWN = 3_000
COMPARED_LIMIT_BYTES = 2 * 1024 * 1024
"""At most so many lines are shown and bytes compared; the files after them are only named."""

TALL_LINES = 1_000
"""A file with more lines than this does not end the page where it does not fit."""

_CSS = {"+": ' class="added"', "-": ' class="removed"', " ": ""}


def changes_between(view: RepoView, old: str, new: str) -> Changes:
    """Compare two commits by their ids, once; `""` for `old` compares with nothing."""
    return rendered_once(
        lambda: _Comparison(view, old, new).read(), "changes", old, new, view.pages
    )


class _Comparison:
    """A comparison under way, and what it may still show and read."""

    def __init__(self, view: RepoView, old: str, new: str) -> None:
        self._objects = view.git.objects
        self._old, self._new = old, new
        self._old_files, self._new_files = (view.pages.blob(sha, "") for sha in (old, new))
        self._lines_left = LINES_SHOWN
        self._bytes_left = COMPARED_LIMIT_BYTES

    def read(self) -> Changes:
        trees = (self._objects.commit(sha).tree if sha else None for sha in (self._old, self._new))
        paths = list(islice(changed_paths(self._objects, *trees), FILES_NAMED + 1))
        moved = _moved_from(paths)
        kept = [path for path in paths if path.path not in moved.values()]
        named = [self._named(path, moved.get(path.path, "")) for path in kept[:FILES_NAMED]]
        shown = tuple(self._shown(kept[:FILES_SHOWN], named))
        return Changes(
            files=at_most(len(kept), FILES_NAMED, "file"),
            shown=shown,
            named=tuple(named[len(shown) :]),
            are_more=len(kept) > FILES_NAMED,
        )

    def _named(self, path: ChangedPath, old_path: str) -> ChangedFile:
        verb = "renamed" if old_path else _verb(path)
        folder = self._new_files if path.new else self._old_files
        return ChangedFile(path.path, old_path, verb, f"{folder}/{quote(path.path)}")

    def _shown(
        self, paths: Iterable[ChangedPath], named: Iterable[ChangedFile]
    ) -> Iterator[ChangedFile]:
        for path, file in zip(paths, named, strict=False):
            done = file if file.old_path else self._compared(path, file)
            if done is None:
                return
            yield done

    def _compared(self, path: ChangedPath, file: ChangedFile) -> ChangedFile | None:
        """Return `file` with its differences, None when there is no room for any more."""
        change = describe_change(self._objects, path)
        self._bytes_left -= _compared_bytes(change)
        if self._bytes_left < 0 or self._lines_left <= 0:
            return None
        texts = [self._text(entry) for entry in (change.old, change.new)]
        if None in texts:
            sizes = [size_words(entry.size_bytes) for entry in (change.old, change.new) if entry]
            return replace(file, note=f"Not shown as text: {' → '.join(sizes)}.")
        diff = diff_texts(*(text or "" for text in texts))
        lines = sum(map(len, diff.hunks))
        if lines > self._lines_left:
            note = f"{lines:,} lines: too many to show."
            return replace(file, note=note) if lines > TALL_LINES else None
        self._lines_left -= lines
        note = "" if lines else "The file is empty or only its last line end changed."
        rows = Markup().join(map(_body, diff.hunks))
        return replace(file, rows=rows, added=diff.added, removed=diff.removed, note=note)

    def _text(self, entry: TreeEntry | None) -> str | None:
        """Return the text of one side, `""` for one that is not there, `None` if it is no text."""
        if entry is None:
            return ""
        if not _may_be_text(entry):
            return None
        data = self._objects.blob(entry.oid)
        if b"\0" in data or data.count(b"\n") > DIFF_LIMIT_LINES:
            return None
        try:
            return data.decode()
        except UnicodeDecodeError:
            return None


def _moved_from(paths: Iterable[ChangedPath]) -> dict[str, str]:
    """Return, for every added file with the content of a deleted one, the deleted one's path."""
    paths = list(paths)
    deleted = {path.old.oid: path.path for path in paths if path.old and not path.new}
    return {
        path.path: deleted.pop(path.new.oid)
        for path in paths
        if path.new and not path.old and path.new.oid in deleted
    }


def _verb(path: ChangedPath) -> str:
    if path.old is None:
        return "added"
    return "changed" if path.new else "deleted"


def _compared_bytes(change: Change) -> int:
    sides = [side for side in (change.old, change.new) if side is not None]
    return sum(side.size_bytes for side in sides) if all(map(_may_be_text, sides)) else 0


def _may_be_text(entry: TreeEntry) -> bool:
    return entry.lfs is None and entry.size_bytes <= DIFF_LIMIT_BYTES


def _body(hunk: Iterable[DiffLine]) -> Markup:
    """Return the rows of one hunk; a template takes three times as long for thousands of them."""
    rows = "".join(
        f"<tr{_CSS[line.mark]}><td>{line.old or ''}</td><td>{line.new or ''}</td>"
        f"<td>{line.mark}</td><td>{escape(line.text, quote=False)}</td></tr>\n"
        for line in hunk
    )
    return Markup(f"<tbody>\n{rows}</tbody>")  # noqa: S704 - all but the text is ours
