"""Line-by-line differences between two texts, in bounded time.

The search is Myers' greedy algorithm (An O(ND) Difference Algorithm and Its Variations, 1986). It
stops after `EDIT_LIMIT` edits and is not started when more than `LINE_LIMIT` lines lie between the
first and the last change: such texts are shown as all old lines, then all new lines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

EDIT_LIMIT = 1_000
LINE_LIMIT = 20_000
CONTEXT = 3
_STRIDE = 16  # lines compared at once
_CHANGED = re.compile("[-+]+")

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
    before, after = old.splitlines(), new.splitlines()
    marks = _marks(before, after)
    return TextDiff(tuple(_hunks(marks, before, after)), marks.count("+"), marks.count("-"))


def _marks(old: Sequence[str], new: Sequence[str]) -> str:
    """Return the mark of each line of both texts, in the order in which a diff shows them."""
    head = _same_length(old, new)
    tail = _same_length(old[head:][::-1], new[head:][::-1])
    middle = _middle(old[head : len(old) - tail], new[head : len(new) - tail])
    return " " * head + middle + " " * tail


def _same_length(old: Sequence[str], new: Sequence[str], x: int = 0, y: int = 0) -> int:
    """Return how many lines are the same from line `x` of one text and `y` of the other on."""
    start, most = x, min(len(old) - x, len(new) - y)
    while x - start + _STRIDE <= most and old[x : x + _STRIDE] == new[y : y + _STRIDE]:
        x, y = x + _STRIDE, y + _STRIDE
    while x - start < most and old[x] == new[y]:
        x, y = x + 1, y + 1
    return x - start


def _middle(old: Sequence[str], new: Sequence[str]) -> str:
    is_searched = old and new and len(old) + len(new) <= LINE_LIMIT
    trace = _search(old, new) if is_searched else None
    if trace is None:
        return "-" * len(old) + "+" * len(new)
    return "".join(_walk_back(trace, len(old), len(new)))[::-1]


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
            x += _same_length(old, new, x, x - diagonal)
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


def _walk_back(trace: Sequence[Sequence[int]], x: int, y: int) -> Iterator[str]:
    for edits in range(len(trace) - 1, 0, -1):
        start, adds = _step(trace[edits], x - y, edits)
        yield " " * (x - start)
        x, y = start, y - (x - start)
        yield "+" if adds else "-"
        x, y = (x, y - 1) if adds else (x - 1, y)
    yield " " * x


def _hunks(marks: str, old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[DiffLine, ...]]:
    before = after = done = 0  # lines of the old text, of the new one, and marks passed
    for start, stop in _spans(marks):
        before, after, done = before + start - done, after + start - done, stop
        hunk = tuple(_numbered(marks[start:stop], old, new, before, after))
        yield hunk
        before += sum(line.old is not None for line in hunk)
        after += sum(line.new is not None for line in hunk)


def _spans(marks: str) -> Iterator[tuple[int, int]]:
    """Yield where each hunk starts and stops: runs of changes with `CONTEXT` around them."""
    start, stop = 0, -1
    for run in _CHANGED.finditer(marks):
        if stop < 0:
            start = max(0, run.start() - CONTEXT)
        elif run.start() - CONTEXT > stop:
            yield start, stop
            start = run.start() - CONTEXT
        stop = min(len(marks), run.end() + CONTEXT)
    if stop >= 0:
        yield start, stop


def _numbered(
    marks: str, old: Sequence[str], new: Sequence[str], before: int, after: int
) -> Iterator[DiffLine]:
    for mark in marks:
        if mark == "+":
            after += 1
            yield DiffLine("+", new[after - 1], None, after)
        elif mark == "-":
            before += 1
            yield DiffLine("-", old[before - 1], before, None)
        else:
            before, after = before + 1, after + 1
            yield DiffLine(" ", old[before - 1], before, after)
