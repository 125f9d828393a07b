"""Compare two manifests as they are read, and find the files that were renamed.

Both are sorted, so equal parts are skipped by comparing blocks of bytes, and only lines that
differ are looked at. Memory does not grow with the manifests; that for the lines that differ is
bounded by the function that sorts them.
"""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeAlias

from huggingnersc.domain.versions.comparison import DifferenceKind, FileDifference
from huggingnersc.domain.versions.manifest import NOT_READ, UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

# (digest or nothing, name of the file, path, kind, size before, size after); -1 is no size.
_Candidate: TypeAlias = tuple[bytes, bytes, bytes, int, int, int]
# (path, kind, old path, size before, size after)
_Row: TypeAlias = tuple[bytes, int, bytes, int, int]
Sort: TypeAlias = "Callable[[Iterable[Any]], Iterable[Any]]"

_KINDS = tuple(DifferenceKind)
_ADDED, _REMOVED, _MODIFIED, _RENAMED, _TOUCHED, _UNREADABLE, _NOT_READ = range(len(_KINDS))
_SAME = -1
_MIN_STEP, _MAX_STEP = 256, 1 << 14
_BLOCK_BYTES = 1 << 16
_MAX_LINE_BYTES = 1 << 20
_DIGEST_LENGTH = 64


class Differences:
    """The files that differ, sorted by path; they may be read several times."""

    def __init__(self, rows: Iterable[_Row]) -> None:
        self._rows = rows

    def __iter__(self) -> Iterator[FileDifference]:
        for path, kind, old_path, before, after in self._rows:
            yield FileDifference(
                _KINDS[kind],
                _text(path),
                None if before < 0 else before,
                None if after < 0 else after,
                _text(old_path) if old_path else "",
            )


def differences(
    before: Iterable[bytes],
    after: Iterable[bytes],
    *,
    sort: Sort = sorted,
) -> Differences:
    """Return what differs between two manifests.

    A file is renamed where a path is gone and another one came with the same content. Of several
    with the same content, those that keep the name of the file are taken first; an empty file is
    renamed only if it keeps it.

    Args:
        before: the one manifest in pieces that may be cut anywhere; large ones are quickest.
        after: the other one.
        sort: sorts tuples and returns what may be read several times.

    Raises:
        ValueError: one of them is damaged or not sorted.
    """
    candidates = sort(_candidates(before, after))
    return Differences(sort(_with_renames(candidates)))


def found_differences(before: Iterable[bytes], after: Iterable[bytes]) -> Iterator[FileDifference]:
    """Yield what differs as it is found; what was renamed is removed and added.

    Raises:
        ValueError: one of the manifests is damaged or not sorted.
    """
    return iter(Differences(map(_plain, _candidates(before, after))))


def _candidates(before: Iterable[bytes], after: Iterable[bytes]) -> Iterator[_Candidate]:
    for old, new in differing_lines(before, after):
        if new is None:
            yield _one_sided(old or b"", _REMOVED)
        elif old is None:
            yield _one_sided(new, _ADDED)
        else:
            path, *before_columns = _columns(old)
            after_columns = _columns(new)[1:]
            kind = _kind(before_columns, after_columns)
            if kind != _SAME:
                yield b"", b"", path, kind, int(before_columns[1]), int(after_columns[1])


def _one_sided(line: bytes, kind: int) -> _Candidate:
    path, digest, size, _ = _columns(line)
    sizes = (int(size), -1) if kind == _REMOVED else (-1, int(size))
    if not _is_hash(digest):
        return b"", b"", path, kind, *sizes
    return digest, path.rpartition(b"/")[2], path, kind, *sizes


def _kind(before: list[bytes], after: list[bytes]) -> int:
    """Return how digest, size and time differ."""
    old, new = before[0], after[0]
    if new == NOT_READ and (old == UNREADABLE or _is_hash(old)):
        if before[1:] == after[1:]:
            return _SAME
        return _MODIFIED if before[1] != after[1] and old != UNREADABLE else _NOT_READ
    if UNREADABLE in {old, new} and old != new:
        return _UNREADABLE if new == UNREADABLE else _NOT_READ
    return _TOUCHED if before[:2] == after[:2] else _MODIFIED


def _is_hash(digest: bytes) -> bool:
    return len(digest) == _DIGEST_LENGTH and b":" not in digest


def _columns(line: bytes) -> list[bytes]:
    columns = line.rstrip(b"\n").split(b"\t")
    if len(columns) != 4:
        raise ValueError(f"{_text(line[:200])!r} is no line of a manifest")
    return columns


def _with_renames(candidates: Iterable[tuple[object, ...]]) -> Iterator[_Row]:
    """Yield a row for each difference; of candidates with one digest, pairs are renames."""
    for digest, group in groupby(candidates, key=itemgetter(0)):
        rows: Iterator[_Candidate] = group  # type: ignore[assignment]
        yield from _paired(rows) if digest else (_plain(row) for row in rows)


def _plain(row: _Candidate) -> _Row:
    _, _, path, kind, before, after = row
    return path, kind, b"", before, after


def _paired(group: Iterable[_Candidate]) -> Iterator[_Row]:
    """Pair what is gone with what came, first by the name of the file, then in order."""
    left: dict[int, list[_Candidate]] = {_REMOVED: [], _ADDED: []}
    for _, same_name in groupby(group, key=itemgetter(1)):
        gone: list[_Candidate] = []
        came: list[_Candidate] = []
        for row in same_name:
            (gone if row[3] == _REMOVED else came).append(row)
        yield from _renames(gone, came)
        pairs = min(len(gone), len(came))
        left[_REMOVED] += gone[pairs:]
        left[_ADDED] += came[pairs:]
    gone, came = left[_REMOVED], left[_ADDED]
    pairs = min(len(gone), len(came)) if any(row[4] for row in gone[:1]) else 0
    yield from _renames(gone[:pairs], came[:pairs])
    yield from map(_plain, (*gone[pairs:], *came[pairs:]))


def _renames(gone: list[_Candidate], came: list[_Candidate]) -> Iterator[_Row]:
    for old, new in zip(gone, came, strict=False):
        yield new[2], _RENAMED, old[2], old[4], new[5]


def differing_lines(
    before: Iterable[bytes], after: Iterable[bytes]
) -> Iterator[tuple[bytes | None, bytes | None]]:
    """Yield the lines that differ, in order; None stands for a path that the other side lacks.

    Raises:
        ValueError: a line is none of a manifest, or is not in order.
    """
    old, new = _Side(before), _Side(after)
    while (old_line := old.peek()) and (new_line := new.peek()):
        if old_line == new_line:
            _skip_equal(old, new)
            continue
        old_path, new_path = _path(old_line), _path(new_line)
        if old_path < new_path:
            old.take(old_line)
            yield old_line, None
        elif new_path < old_path:
            new.take(new_line)
            yield None, new_line
        else:
            old.take(old_line)
            new.take(new_line)
            yield old_line, new_line
    yield from ((line, None) for line in old.rest())
    yield from ((None, line) for line in new.rest())


def _path(line: bytes) -> bytes:
    try:
        return line[: line.index(b"\t")]
    except ValueError:
        raise ValueError(f"{_text(line[:200])!r} is no line of a manifest") from None


def _skip_equal(old: _Side, new: _Side) -> None:
    """Go past lines that are equal, which begin at the place where both are.

    The step is doubled while the blocks are equal, then halved to find where they differ.
    """
    first, second, start, other = old.data, new.data, old.at, new.at
    at, shift = start, other - start
    step, is_growing = _MIN_STEP, True
    while step >= _MIN_STEP:
        end = at + step
        if (
            end <= len(first)
            and end + shift <= len(second)
            and second.startswith(first[at:end], at + shift)
        ):
            at = end
            step = min(step * 2, _MAX_STEP) if is_growing else step
        else:
            is_growing = False
            step //= 2
    end = first.rfind(b"\n", start, at) + 1 or start
    if end == start:  # shorter than a step: the one line
        end = first.index(b"\n", start) + 1
    old.skip(end)
    new.skip(end + shift)


class _Side:
    """A manifest that is being read.

    Attributes:
        data: a part of it.
        at: where in it the next line begins.
    """

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._last = b""  # the line before `at`, if known
        self.data = b""
        self.at = 0

    def peek(self) -> bytes:
        """Return the line at `at`; nothing at the end.

        Raises:
            ValueError: it is too long, or cut off.
        """
        end = self.data.find(b"\n", self.at) + 1
        if not end:
            self._fill()
            end = self.data.find(b"\n") + 1
        return self.data[self.at : end]

    def take(self, line: bytes) -> None:
        """Go past the line at `at`.

        Raises:
            ValueError: it is not in order.
        """
        if line <= (self._last or self._line_before()):
            raise ValueError(f"{_text(line[:200])!r} is not in order")
        self._last = line
        self.at += len(line)

    def skip(self, at: int) -> None:
        """Go to the beginning of a later line."""
        self.at, self._last = at, b""

    def rest(self) -> Iterator[bytes]:
        """Yield the lines that are left."""
        while line := self.peek():
            self.take(line)
            yield line

    def _line_before(self) -> bytes:
        return self.data[self.data.rfind(b"\n", 0, self.at - 1) + 1 : self.at] if self.at else b""

    def _fill(self) -> None:
        self._last = self._last or self._line_before()
        parts = [self.data[self.at :]]
        length = 0
        is_cut = True
        for piece in self._pieces:
            parts.append(piece)
            length += len(piece)
            is_cut = is_cut and b"\n" not in piece
            if length >= _BLOCK_BYTES and not is_cut:
                break
            if is_cut and length > _MAX_LINE_BYTES:
                raise ValueError("a line is longer than any of a manifest")
        self.data, self.at = b"".join(parts), 0
        if self.data and is_cut:
            raise ValueError(f"the last line is cut off: {_text(self.data[:200])!r}")


def _text(text: bytes) -> str:
    return text.decode(errors="backslashreplace")
