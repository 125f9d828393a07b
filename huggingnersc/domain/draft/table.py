"""The structure of a CSV table, read from its first rows."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from typing import TYPE_CHECKING

from huggingnersc.domain.draft.layout import Column, FileLayout
from huggingnersc.domain.scan.sensitive_columns import PEOPLE, shown_because, withheld_because

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# What means "no value"; the generated loaders read these as nan.
MISSING = ("", "NA", "N/A", "NaN", "nan", "NULL", "null", "None")
_DELIMITERS = ",\t;|"
_ROWS = 200
_INTEGER = re.compile(r"[+-]?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?inf", re.IGNORECASE)


def read_table(sample: str, encoding: str) -> FileLayout:
    """Return delimiter, header and columns by the first rows of a file.

    Args:
        sample: the beginning of the file, cut at a line end.
        encoding: how it was decoded.
    """
    lines = list(io.StringIO(sample, newline=""))
    delimiter = max(_DELIMITERS, key=lambda one: (_evenness(lines, one), -_DELIMITERS.index(one)))
    rows = list(_rows(lines, delimiter))
    has_header = bool(rows) and _is_header(rows[0], rows[1:])
    body = rows[1:] if has_header else rows
    names = (
        column_names(rows[0])
        if has_header
        else [f"column_{n}" for n in range(1, _width(rows) + 1)]
    )
    types = [_type([row[n] for row in body if n < len(row)]) for n in range(len(names))]
    columns = tuple(Column(name, type_) for name, type_ in zip(names, types, strict=True))
    return FileLayout(encoding, delimiter, has_header, columns)


def _rows(lines: Sequence[str], delimiter: str) -> Iterator[list[str]]:
    rows = csv.reader(lines, delimiter=delimiter)
    try:
        for row in rows:
            if row:
                yield row
            if rows.line_num > _ROWS:
                return
    except csv.Error:  # a field longer than Python's limit ends the sample
        return


def _evenness(lines: Sequence[str], delimiter: str) -> int:
    """Return how many rows have the usual number of fields; 0 when that is one field."""
    widths = Counter(len(row) for row in _rows(lines, delimiter))
    (width, count), *_ = widths.most_common(1) or [(1, 0)]
    return count if width > 1 else 0


def _width(rows: Sequence[Sequence[str]]) -> int:
    return len(rows[0]) if rows else 0


def _is_header(first: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    """Return whether a row holds names: a word above numbers, or no number anywhere in it.

    A row that holds an address, a key, or a person as the rows below it do, holds values, which
    must not become the names of columns: these are public.
    """
    if shown_because("", first) not in {None, PEOPLE}:
        return False
    for number, cell in enumerate(first):
        below = [row[number] for row in body if number < len(row)]
        if _type([cell]) == "str" and below and _type(below) != "str":
            return True
    return all(
        (_type([cell]) == "str" or cell in MISSING) and not _is_person(cell, number, body)
        for number, cell in enumerate(first)
    )


def _is_person(cell: str, number: int, body: Sequence[Sequence[str]]) -> bool:
    """Return whether a cell is the name of a person, as those below it are."""
    if withheld_because("", [cell]) != PEOPLE:
        return False
    return withheld_because("", [row[number] for row in body if number < len(row)]) == PEOPLE


def _type(cells: Sequence[str]) -> str:
    values = [cell.strip() for cell in cells if cell.strip() not in MISSING]
    if values and len(values) == len(cells) and all(map(_INTEGER.fullmatch, values)):
        return "int"
    is_code = any(re.match(r"[+-]?0[0-9]", cell) for cell in values)  # 007 is a name, not a number
    if values and not is_code and all(map(_FLOAT.fullmatch, values)):
        return "float"
    return "str"


def column_names(names: Sequence[str]) -> list[str]:
    """Return the names of a header, with none empty and none twice."""
    unique: dict[str, None] = {}  # in order, and quick to look into
    for position, name in enumerate(names, start=1):
        base = candidate = name.strip() or f"column_{position}"
        number = 2
        while candidate in unique:
            candidate, number = f"{base}_{number}", number + 1
        unique[candidate] = None
    return [*unique]
