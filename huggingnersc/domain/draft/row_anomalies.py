"""What the rows of a table hold that its first ones do not tell."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ragged:
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
    """A column that does not keep the type its first rows have.

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
    """What the rows of a file hold that its first rows do not tell.

    Attributes:
        ragged: rows of another width; None where there is none.
        wider: the columns that need another type.
        unread: rows whose cells were counted and not read.
    """

    ragged: Ragged | None = None
    wider: tuple[PromotedType, ...] = ()
    unread: int = 0
