"""Tables that fit the terminal: long cells are wrapped, and nothing is cut.

Rich's own table does this too, but takes 0.6 ms per row, and catalogs have thousands of rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from textwrap import wrap
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from rich.text import Text

from huggingnersc.domain.text.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console, ConsoleOptions

_GAP = "  "
_MIN_WIDTH = 12  # of a wrapped column, however narrow the terminal is
_HEAD, _FIRST = Style(bold=True), Style(color="cyan")


@dataclass(frozen=True, slots=True)
class Columns:
    """A table that Rich can print.

    Attributes:
        head: the names of the columns.
        rows: one cell per column each.
        wrapping: the indexes of the columns whose cells may be wrapped.
    """

    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    wrapping: frozenset[int]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        """Yield the segments of the table for the width of `options`."""
        rows = [self.head, *(tuple(map(visible, row)) for row in self.rows)]
        widths = self._widths(rows, options.max_width)
        for number, row in enumerate(rows):
            cells = [
                _wrapped(cell, width, console) for cell, width in zip(row, widths, strict=True)
            ]
            for line in zip_longest(*cells, fillvalue=""):
                padded = [_padded(part, width) for part, width in zip(line, widths, strict=True)]
                text = _GAP.join(padded).rstrip()
                first = len(padded[0]) if number else len(text)
                yield Segment(text[:first], _FIRST if number else _HEAD)
                yield Segment(text[first:])
                yield Segment.line()

    def _widths(self, rows: Sequence[tuple[str, ...]], available: int) -> list[int]:
        needed = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
        left = available - sum(w for i, w in enumerate(needed) if i not in self.wrapping)
        left -= len(_GAP) * (len(needed) - 1)
        shares = sorted(self.wrapping, key=lambda index: needed[index])
        # The narrowest column first, so that it leaves unused width to the others.
        for position, index in enumerate(shares):
            fair = max(left // (len(shares) - position), _MIN_WIDTH)
            needed[index] = min(needed[index], fair)
            left -= needed[index]
        return needed


def _wrapped(cell: str, width: int, console: Console) -> list[str]:
    if cell_len(cell) <= width:
        return [cell]
    if cell.isascii():
        return wrap(cell, width)
    return [line.plain.rstrip() for line in Text(cell).wrap(console, width)]


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))
