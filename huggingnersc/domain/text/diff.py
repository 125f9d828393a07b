"""Line-by-line differences between two texts, in bounded time.

The search is Myers' greedy algorithm (An O(ND) Difference Algorithm and Its Variations, 1986). It
stops after `EDIT_LIMIT` edits and is not started when more than `LINE_LIMIT` lines lie between the
first and the last change: such texts are shown as all old lines, then all new lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

EDIT_LIMIT = 1_000
LINE_LIMIT = 20_000
CONTEXT = 3

Mark = Literal[" ", "-", "+"]


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of a diff with its numbers (from 1) in the old and the new text."""

    mark: Mark
    text: str
    old: int | None
    new: int | None


@dataclass(frozen=True, slots=True)
class TextDiff:
    """The hunks, each with `CONTEXT` lines of context, and how many lines changed."""

    hunks: tuple[tuple[DiffLine, ...], ...]
    added: int
    removed: int


def diff_texts(old: str, new: str) -> TextDiff:
    """Return the differences between two texts by their lines."""
    lines = tuple(_numbered(_edits(old.splitlines(), new.splitlines())))
    added = sum(line.mark == "+" for line in lines)
    removed = sum(line.mark == "-" for line in lines)
    return TextDiff(tuple(_hunks(lines)), added, removed)


def _edits(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Mark, str]]:
    head = _same_length(old, new)
    tail = _same_length(old[head:][::-1], new[head:][::-1])
    yield from ((" ", line) for line in old[:head])
    yield from _middle(old[head : len(old) - tail], new[head : len(new) - tail])
    yield from ((" ", line) for line in old[len(old) - tail :])


def _same_length(old: Sequence[str], new: Sequence[str]) -> int:
    for length, (left, right) in enumerate(zip(old, new, strict=False)):
        if left != right:
            return length
    return min(len(old), len(new))


def _middle(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Mark, str]]:
    trace = _search(old, new) if len(old) + len(new) <= LINE_LIMIT else None
    if trace is None:
        yield from (("-", line) for line in old)
        yield from (("+", line) for line in new)
    else:
        yield from reversed(list(_walk_back(trace, old, new)))


def _search(old: Sequence[str], new: Sequence[str]) -> list[list[int]] | None:
    """Return, for each number of edits, how far every diagonal reached before the last edit."""
    limit = min(len(old) + len(new), EDIT_LIMIT)
    reached, trace = [0] * (2 * limit + 3), []
    middle = limit + 1
    for edits in range(limit + 1):
        before = reached[middle - edits - 1 : middle + edits + 2]
        trace.append(before)
        for diagonal in range(-edits, edits + 1, 2):
            x, _ = _step(before, diagonal, edits)
            while x < len(old) and x - diagonal < len(new) and old[x] == new[x - diagonal]:
                x += 1
            reached[middle + diagonal] = x
            if x >= len(old) and x - diagonal >= len(new):
                return trace
    return None


def _step(before: Sequence[int], diagonal: int, edits: int) -> tuple[int, bool]:
    """Return where the next edit leads on `diagonal`, and whether it adds or removes a line.

    `before` holds the diagonals from `-edits - 1` to `edits + 1`.
    """
    left, right = before[diagonal + edits], before[diagonal + edits + 2]
    adds = edits == 0 or diagonal == -edits or (diagonal != edits and left < right)
    return (right, True) if adds else (left + 1, False)


def _walk_back(
    trace: Sequence[Sequence[int]], old: Sequence[str], new: Sequence[str]
) -> Iterator[tuple[Mark, str]]:
    x, y = len(old), len(new)
    for edits in range(len(trace) - 1, 0, -1):
        start, adds = _step(trace[edits], x - y, edits)
        while x > start:
            x, y = x - 1, y - 1
            yield " ", old[x]
        if adds:
            y -= 1
            yield "+", new[y]
        else:
            x -= 1
            yield "-", old[x]
    yield from ((" ", line) for line in reversed(old[:x]))


def _numbered(edits: Iterable[tuple[Mark, str]]) -> Iterator[DiffLine]:
    old = new = 0
    for mark, text in edits:
        old, new = old + (mark != "+"), new + (mark != "-")
        yield DiffLine(mark, text, old if mark != "+" else None, new if mark != "-" else None)


def _hunks(lines: Sequence[DiffLine]) -> Iterator[tuple[DiffLine, ...]]:
    start = end = 0
    for index, line in enumerate(lines):
        if line.mark == " ":
            continue
        if end and index - CONTEXT > end:
            yield tuple(lines[start:end])
            end = 0
        start = start if end else max(0, index - CONTEXT)
        end = min(len(lines), index + CONTEXT + 1)
    if end:
        yield tuple(lines[start:end])
