"""What would change in a file, as people review it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from huggingnersc.changes import ChangeKind, FileChange, Location
from huggingnersc.domain.catalog.record import MAX_RECORD_BYTES, RECORD_SUFFIX, json_bytes
from huggingnersc.domain.metadata.strict_json import read_object
from huggingnersc.domain.text.diff import diff_texts
from huggingnersc.domain.text.markdown import unbroken

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from huggingnersc.domain.catalog.record import MAX_RECORD_BYTES, RECORD_SUFFIX, json_bytes
from huggingnersc.domain.text.diff import DiffLine


@dataclass(frozen=True, slots=True)
class Unread:
    """A content that is not looked into: too large for a script or card, or not known here."""

    said: str


Content: TypeAlias = bytes | Unread | None


def file_changes(
    location: Location, before: Mapping[str, Content], after: Mapping[str, Content]
) -> tuple[FileChange, ...]:
    """Return every file that differs, by path; a missing path and None are both "no file"."""
    pairs = ((path, before.get(path), after.get(path)) for path in sorted({**before, **after}))
    return tuple(_file_change(location, *pair) for pair in pairs if pair[1] != pair[2])


def _file_change(location: Location, path: str, before: Content, after: Content) -> FileChange:
    kind = (
        ChangeKind.ADDED
        if before is None
        else ChangeKind.DELETED
        if after is None
        else ChangeKind.CHANGED
    )
    if location is Location.CATALOG and path.endswith(RECORD_SUFFIX):
        before, after = _without_object_ids(before), _without_object_ids(after)
    return FileChange(location, path, kind, "\n".join(_lines(path, before, after)))


def _without_object_ids(record: Content) -> Content:
    """Return a record without the object ids of its files, which follow from their contents."""
    if not isinstance(record, bytes):
        return record
    content, _ = read_object(record, name="", limit=MAX_RECORD_BYTES)
    if content is None or content.pop("hub_files", None) is None:
        return record
    return json_bytes(content)


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
        yield "(only line ends or object ids differ, or the file is empty)"


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
