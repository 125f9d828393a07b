"""Tables that say what images show: found by a column that names the images."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from huggingnersc.adapters.data_files.budget import Budget
from huggingnersc.adapters.data_files.compressed import BROKEN, open_text, table_lines
from huggingnersc.adapters.data_files.lines import read_table_layout, survey_table
from huggingnersc.domain.draft.file_type import FileType
from huggingnersc.domain.draft.image_layout import (
    image_column,
    image_keys,
    key_of,
)
from huggingnersc.domain.draft.layout import ImageKey, LabelTables
from huggingnersc.domain.draft.row_anomalies import promoted
from huggingnersc.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path, PurePosixPath

    from huggingnersc.domain.draft.layout import FileLayout
    from huggingnersc.domain.draft.survey import DataFile, FileSurvey, Listing

_MOST_TABLES = 20
_ROWS = 200
_LARGEST_BYTES = 1 << 28
_SECONDS = 30.0  # for all rows of a table, which may be much larger than its compressed file
_UNREADABLE = (DatasetError, OSError, csv.Error, UnicodeDecodeError, *BROKEN)


@dataclass(frozen=True, slots=True)
class _LabelTable:
    """A table with a column that names images."""

    file: DataFile
    layout: FileLayout
    column: str
    key: ImageKey


def find_label_tables(
    root: Path, listing: Listing, images: Sequence[PurePosixPath]
) -> LabelTables | None:
    """Return the tables that name images all in one way, as the first of them does."""
    keys = image_keys(images)
    tables = [table for file in _candidates(listing) if (table := _read(root, file, keys))]
    if not tables:
        return None
    first = tables[0]
    found = [one for one in tables if (one.column, one.key) == (first.column, first.key)]
    surveys = {one: survey for one in found if (survey := _survey(root, one, first.layout))}
    same = [one for one in surveys if surveys[one].fits]
    if not same:
        return None
    types = [type_ for one in same for type_ in surveys[one].anomalies.promotions]
    types.sort(key=lambda one: one.type == "str")  # the widest wins
    columns = promoted(first.layout.columns, types)
    named = {name for one in same for name in _named(root, one)}
    return LabelTables(
        paths=tuple(one.file.path for one in same),
        encoding=first.layout.encoding,
        delimiter=first.layout.delimiter,
        has_header=first.layout.has_header,
        column=first.column,
        key=first.key,
        columns=columns,
        missing=len(images) - len(keys[first.key] & named),
    )


def _candidates(listing: Listing) -> Iterator[DataFile]:
    tables = (file for file in listing.of(FileType.CSV) if file.size_bytes <= _LARGEST_BYTES)
    yield from sorted(tables, key=lambda one: (len(one.path.parts), one.path))[:_MOST_TABLES]


def _read(
    root: Path, file: DataFile, keys: Mapping[ImageKey, frozenset[str]]
) -> _LabelTable | None:
    try:
        layout = read_table_layout(root / file.path)
        rows = [*islice(_rows(root / file.path, layout), _ROWS)]
    except _UNREADABLE:  # then it is not known to name images
        return None
    found = image_column(file.path, [column.name for column in layout.columns], rows, keys)
    return _LabelTable(file, layout, *found) if found else None


def _survey(root: Path, table: _LabelTable, layout: FileLayout) -> FileSurvey | None:
    """Read all rows of a table; None where that fails further down, or takes too long."""
    budget, size_bytes = Budget(seconds=_SECONDS), table.file.size_bytes
    try:
        survey = survey_table(root / table.file.path, layout, size_bytes, budget)
    except _UNREADABLE:
        return None
    return survey if survey.covered_bytes >= size_bytes else None


def _named(root: Path, table: _LabelTable) -> Iterator[str]:
    place = [column.name for column in table.layout.columns].index(table.column)
    for row in _rows(root / table.file.path, table.layout):
        if len(row) > place:
            yield key_of(table.key, table.file.path, row[place])


def _rows(path: Path, layout: FileLayout) -> Iterator[list[str]]:
    with open_text(path, layout.encoding) as text:
        rows = (row for row in csv.reader(table_lines(text), delimiter=layout.delimiter) if row)
        if layout.has_header:
            next(rows, None)
        yield from rows
