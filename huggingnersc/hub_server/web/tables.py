"""The head of a table file, ready to be shown."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from huggingnersc.domain.text.formatting import number_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ROW_LIMIT = 200
COLUMN_LIMIT = 60
CELL_LIMIT = 200
_DIGITS_SHOWN = 7


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column's name and type (`""` when the format has none); numbers are right-aligned."""

    name: str
    kind: str = ""
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class TableHead:
    """The first rows of a table.

    Attributes:
        columns: at most `COLUMN_LIMIT`.
        rows: at most `ROW_LIMIT`, each as long as `columns`.
        columns_left_out: how many more columns the file has.
        rows_in_all: how many rows the file has, `None` where that is not known.
    """

    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    columns_left_out: int = 0
    rows_in_all: int | None = None


@dataclass(frozen=True, slots=True)
class CellPicture:
    """A picture in a cell: the numbers of its column and row from 0, its type, its bytes."""

    column: int
    row: int
    media_type: str
    content: bytes


def csv_head(text: str, *, whole: bool) -> TableHead | None:
    """Read the head of comma-, semicolon- or tab-separated text; `None` when it is no table.

    Args:
        text: the beginning of the file.
        whole: whether `text` is all of it; otherwise its last, torn line is left out.
    """
    lines = text.removeprefix("\ufeff").splitlines(keepends=True)
    usable = lines if whole else lines[:-1]
    try:
        rows = [row for row in _rows(usable) if row]
    except csv.Error:
        return None
    if not rows:
        return None
    in_all = len(rows) - 1 if whole and len(rows) <= ROW_LIMIT + 1 else None
    return table_head([TableColumn(name) for name in rows[0]], rows[1:], rows_in_all=in_all)


def table_head(
    columns: Sequence[TableColumn],
    rows: Iterable[Sequence[str]],
    *,
    rows_in_all: int | None = None,
) -> TableHead:
    """Cut a table to what a page shows; columns whose cells are all numbers are marked."""
    kept = columns[:COLUMN_LIMIT]
    cut = tuple(_fitted(row, len(kept)) for row in islice(rows, ROW_LIMIT))
    marked = tuple(
        TableColumn(
            cell_text(column.name), column.kind, column.is_number or _all_numbers(cut, place)
        )
        for place, column in enumerate(kept)
    )
    return TableHead(marked, cut, len(columns) - len(kept), rows_in_all)


def cell_text(value: object) -> str:
    """Return a cell as at most `CELL_LIMIT` characters; a cut is marked with an ellipsis."""
    text = "" if value is None else str(value)
    return text if len(text) <= CELL_LIMIT else text[: CELL_LIMIT - 1] + "…"


def short_number(cell: str) -> str:
    """Return a number with at most seven significant digits; any other text as it is."""
    try:
        value = float(cell)
    except ValueError:
        return cell
    short = number_words(value, _DIGITS_SHOWN).replace(",", "")
    return cell if float(short) == value else short


def _rows(lines: Sequence[str]) -> Iterable[list[str]]:
    separator = max(",;\t", key=lambda mark: lines[0].count(mark)) if lines else ","
    return islice(csv.reader(lines, delimiter=separator), ROW_LIMIT + 2)


def _fitted(row: Sequence[str], width: int) -> tuple[str, ...]:
    cells = [cell_text(cell) for cell in row[:width]]
    return tuple(cells + [""] * (width - len(cells)))


def _all_numbers(rows: Sequence[Sequence[str]], place: int) -> bool:
    cells = [row[place] for row in rows if row[place].strip()]
    return bool(cells) and all(map(_is_number, cells))


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
