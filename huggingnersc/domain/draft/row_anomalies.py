"""Rows of a table that differ from what its first rows show: width, and type of the cells."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from huggingnersc.domain.draft.table import MISSING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from huggingnersc.domain.draft.layout import Column

_MISSING = frozenset(MISSING)
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class RaggedRows:
    """Rows with another number of cells than the table has columns.

    Attributes:
        rows: how many there are.
        line: where the first one ends, as Python's `csv` counts lines.
        cells: how many the first one has.
    """

    rows: int
    line: int
    cells: int


@dataclass(frozen=True, slots=True)
class PromotedType:
    """A column that needs another type than its first rows have.

    Attributes:
        column: its name.
        type: the one that all its cells have.
        line: where the first row ends that needs it.
        text: the cell there.
    """

    column: str
    type: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class RowAnomalies:
    """What the rows of a file hold that the first rows of the table do not show.

    Attributes:
        ragged: rows of another width; None where there is none.
        promotions: the columns that need another type.
        unread: rows whose cells were counted and not read.
    """

    ragged: RaggedRows | None = None
    promotions: tuple[PromotedType, ...] = ()
    unread: int = 0


def with_rows(
    before: RowAnomalies,
    rows: Sequence[Sequence[str]],
    columns: Sequence[Column],
    *,
    line: int,
    only_widths: bool = False,
) -> RowAnomalies:
    """Add the anomalies of a block of rows; each cell is read as the generated loaders read it.

    Args:
        before: the anomalies of the rows before.
        rows: the block, blank lines too.
        columns: of the table.
        line: the number of the line before the block.
        only_widths: whether to count the cells and not to read them, which takes longer.
    """
    width = len(columns)
    ragged, even = before.ragged, rows
    if set(map(len, rows)) != {width}:
        ragged = _with_ragged(ragged, rows, width, line)
        even = [row for row in rows if len(row) == width]
    if only_widths:
        unread = before.unread + len(rows) - rows.count([])
        return replace(before, ragged=ragged, unread=unread)
    promotions = {one.column: one for one in before.promotions}
    known = promoted(columns, before.promotions)
    for number, cells in enumerate(zip(*even, strict=True)):
        column = known[number]
        needed = _type_of(cells, column.type)
        if needed != column.type:
            place = _first_that_needs(needed, rows, number, width)
            where = line + lines_in(rows[: place + 1])
            promotions[column.name] = PromotedType(column.name, needed, where, rows[place][number])
    return replace(before, ragged=ragged, promotions=tuple(promotions.values()))


def promoted(columns: Sequence[Column], promotions: Sequence[PromotedType]) -> tuple[Column, ...]:
    """Return the columns with the types that all their cells have."""
    types = {one.column: one.type for one in promotions}
    return tuple(replace(one, type=types.get(one.name, one.type)) for one in columns)


def lines_in(rows: Sequence[Sequence[str]]) -> int:
    """Count the lines that rows take; one more for each line break in quotes."""
    return len(rows) + sum(len(_LINE_END.findall(cell)) for row in rows for cell in row)


def _with_ragged(
    before: RaggedRows | None, rows: Sequence[Sequence[str]], width: int, line: int
) -> RaggedRows | None:
    places = [place for place, row in enumerate(rows) if row and len(row) != width]
    if before:
        return replace(before, rows=before.rows + len(places))
    if not places:
        return None
    first = places[0]
    return RaggedRows(len(places), line + lines_in(rows[: first + 1]), len(rows[first]))


def _type_of(cells: Sequence[str], known: str) -> str:
    """Return the narrowest type, from `known` on, that can hold all cells."""
    if known == "str" or (known == "int" and _are_integers(cells)):
        return known
    return "float" if _are_floats(cells) else "str"


def _first_that_needs(needed: str, rows: Sequence[Sequence[str]], number: int, width: int) -> int:
    is_enough = _are_floats if needed == "str" else _are_integers
    return next(
        place
        for place, row in enumerate(rows)
        if len(row) == width and not is_enough([row[number]])
    )


def _are_integers(cells: Collection[str]) -> bool:
    return _can_be_read(int, cells)


def _are_floats(cells: Collection[str]) -> bool:
    if _can_be_read(float, cells):
        return True
    texts = set(cells).difference(_MISSING)
    return _can_be_read(float, [cell for cell in texts if cell.strip() not in _MISSING])


def _can_be_read(type_: type[int] | type[float], cells: Collection[str]) -> bool:
    try:
        deque(map(type_, cells), maxlen=0)  # the fastest way to call it for each
    except ValueError:
        return False
    return True
