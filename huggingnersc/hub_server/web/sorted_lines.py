"""A sorted text of any length, of which only the parts that a page needs are read."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BLOCK_BYTES = 1 << 13
SEARCH_BYTES = 1 << 20
LONGEST_LINE = 1 << 16


class SortedLines:
    """The lines of a text, sorted by their bytes; someone else may have written it.

    Where it is not sorted, what is found is of no use, and found as quickly.

    Args:
        source: the text, or a descriptor of its file.
    """

    def __init__(self, source: bytes | int) -> None:
        self._source = source
        is_text = isinstance(source, bytes)
        self.size_bytes = len(source) if is_text else os.fstat(source).st_size  # type: ignore[arg-type]

    def read(self, at: int, count: int) -> bytes:
        """Return at most so many bytes from a place."""
        if isinstance(self._source, bytes):
            return self._source[at : at + count]
        return os.pread(self._source, count, at)

    def start_of(self, key: bytes, low: int = 0) -> int:
        """Return where the first line that is not below `key` begins; the end if there is none.

        Args:
            key: a beginning of lines.
            low: where a line begins that may be the first one.

        Raises:
            ValueError: a line is too long.
        """
        high = self.size_bytes
        while high - low > 2 * BLOCK_BYTES:
            start = self._after_newline((low + high) // 2)
            if start >= high:
                break
            if self._line(start) < key:
                low = start
            else:
                high = start
        for at, line in self.lines(low):
            if line >= key:
                return at
        return self.size_bytes

    def lines(self, at: int) -> Iterator[tuple[int, bytes]]:
        """Yield each line from the one that begins at a place, and where it begins.

        Raises:
            ValueError: a line is too long.
        """
        rest = b""
        while block := self.read(at + len(rest), BLOCK_BYTES):
            *whole, rest = (rest + block).split(b"\n")
            for line in whole:
                yield at, line
                at += len(line) + 1
            _require_short(rest)
        if rest:
            yield at, rest

    def line_from(self, at: int) -> int:
        """Return where the first line begins that begins at a place or after it."""
        return 0 if at <= 0 else self._after_newline(at - 1)

    def _after_newline(self, at: int) -> int:
        for start in range(at, min(at + 2 * LONGEST_LINE, self.size_bytes), BLOCK_BYTES):
            if (found := self.read(start, BLOCK_BYTES).find(b"\n")) >= 0:
                return start + found + 1
        return self.size_bytes

    def _line(self, at: int) -> bytes:
        return next((line for _, line in self.lines(at)), b"")


def _require_short(line: bytes) -> None:
    if len(line) > LONGEST_LINE:
        raise ValueError("a line is too long")


@contextmanager
def opened_lines(source: Path | bytes) -> Iterator[SortedLines]:
    """Open a text."""
    if isinstance(source, bytes):
        yield SortedLines(source)
        return
    descriptor = os.open(source, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield SortedLines(descriptor)
    finally:
        os.close(descriptor)
