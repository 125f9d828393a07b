"""What would change in a file, as people review it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from huggingnersc.domain.hub.pages.textdiff import diff_texts
from huggingnersc.domain.markdown import unbroken

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from huggingnersc.domain.hub.pages.textdiff import DiffLine


class Place(StrEnum):
    """Where a file stands."""

    HUB = "hub"
    CATALOG = "catalog folder"


class Deed(StrEnum):
    """What happens to a file."""

    ADDED = "added"
    CHANGED = "changed"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Unread:
    """A content that is not looked into: too large for a script or card, or not known here."""

    said: str


Content: TypeAlias = bytes | Unread | None


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file before and after.

    Attributes:
        place: where it stands.
        path: its path there.
        deed: what happens to it.
        diff: a unified diff without control characters; where there is no text to compare, one
            line in parentheses that says so.
    """

    place: Place
    path: str
    deed: Deed
    diff: str


def file_changes(
    place: Place, before: Mapping[str, Content], after: Mapping[str, Content]
) -> tuple[FileChange, ...]:
    """Give every file that differs, by path; a missing path and None are both "no file"."""
    pairs = ((path, before.get(path), after.get(path)) for path in sorted({**before, **after}))
    return tuple(_file_change(place, *pair) for pair in pairs if pair[1] != pair[2])


def _file_change(place: Place, path: str, before: Content, after: Content) -> FileChange:
    deed = Deed.ADDED if before is None else Deed.DELETED if after is None else Deed.CHANGED
    return FileChange(place, path, deed, "\n".join(_lines(path, before, after)))


def _lines(path: str, before: Content, after: Content) -> Iterator[str]:
    shown = unbroken(path)
    yield "--- /dev/null" if before is None else f"--- a/{shown}"
    yield "+++ /dev/null" if after is None else f"+++ b/{shown}"
    old, new = _text(before), _text(after)
    if isinstance(old, Unread) or isinstance(new, Unread):
        said = (content.said for content in (old, new) if isinstance(content, Unread))
        yield f"({'; '.join(said)})"
        return
    hunks = diff_texts(old, new).hunks
    for hunk in hunks:
        yield _hunk_header(hunk)
        yield from (f"{line.mark}{unbroken(line.text)}" for line in hunk)
    if not hunks:
        yield "(only line ends differ, or the file is empty)"


def _text(content: Content) -> str | Unread:
    if isinstance(content, Unread):
        return content
    try:
        return (content or b"").decode("utf-8")
    except UnicodeDecodeError:
        return Unread(f"no text: {len(content or b''):,} bytes")


def _hunk_header(hunk: Sequence[DiffLine]) -> str:
    old = [line.old for line in hunk if line.old is not None]
    new = [line.new for line in hunk if line.new is not None]
    return f"@@ -{_range(old)} +{_range(new)} @@"


def _range(numbers: Sequence[int]) -> str:
    return f"{numbers[0]},{len(numbers)}" if numbers else "0,0"
