"""CSV and text files, read and counted in constant memory."""

from __future__ import annotations

import codecs
import csv
from dataclasses import replace
from itertools import cycle, islice
from shlex import quote
from typing import TYPE_CHECKING

from huggingnersc.adapters.data_files.compressed import (
    BROKEN,
    damaged,
    open_bytes,
    open_text,
    position,
    table_lines,
)
from huggingnersc.domain.draft.layout import FileLayout
from huggingnersc.domain.draft.row_anomalies import RowAnomalies, lines_in, with_rows
from huggingnersc.domain.draft.survey import FileSurvey
from huggingnersc.domain.draft.table import column_names, read_table
from huggingnersc.errors import DatasetError

if TYPE_CHECKING:
    from io import TextIOWrapper
    from pathlib import Path

    from huggingnersc.adapters.data_files.budget import Budget

_BLOCK_BYTES = 1 << 20
_SAMPLE_BYTES = 1 << 20
# The number of rows read together: fast, and little memory however wide the table is.
_ROWS_AT_ONCE = 250
_CELLS_AT_ONCE = 1 << 16
# Reading cells takes three times as long as counting rows, so in a large file it is done for its
# first million (0.2 s), then for every sixteenth block.
_CELLS_READ = 1 << 20
_BLOCKS_PER_READ = 16
_WHOLE = -1


def read_table_layout(file: Path) -> FileLayout:
    """Return the structure of a CSV file.

    Raises:
        DatasetError: it is UTF-16 text, or its compressed data is damaged.
    """
    sample, encoding = _sample(file)
    return read_table(sample, encoding)


def read_text_layout(file: Path) -> FileLayout:
    """Return how a text file is encoded.

    Raises:
        DatasetError: it is UTF-16 text, or its compressed data is damaged.
    """
    return FileLayout(encoding=_sample(file)[1])


def survey_table(file: Path, layout: FileLayout, size_bytes: int, budget: Budget) -> FileSurvey:
    """Count the rows of a CSV file without its header; blank lines are none.

    A file whose columns have other names, or another number of them, does not fit. Rows
    that differ from what the first ones show are in `anomalies`. In a large file the cells of some
    rows are counted and not read; they are spread over the file.

    Raises:
        DatasetError: it cannot be read as CSV.
    """
    try:
        with open_text(file, layout.encoding) as text:
            counted = _rows(text, layout, budget)
    except (UnicodeDecodeError, csv.Error, *BROKEN) as error:
        raise DatasetError(
            f"{file} cannot be read as CSV ({layout.encoding}): {error}.",
            hint="Fix the file, or give the folder without it.",
        ) from error
    # The last bytes read may hold rows that were not counted: the file is not done.
    is_whole = counted.covered_bytes == _WHOLE
    covered = size_bytes if is_whole else min(counted.covered_bytes, size_bytes - 1)
    return replace(counted, covered_bytes=covered)


def survey_text(file: Path, layout: FileLayout, size_bytes: int, budget: Budget) -> FileSurvey:
    """Count the lines of a text file; the last one need not end in a line feed.

    Raises:
        DatasetError: it holds bytes that are not text in the encoding, or its compressed data is
            damaged.
    """
    lines, covered, last = 0, 0, b"\n"
    decoder = codecs.getincrementaldecoder(layout.encoding)()
    try:
        with open_bytes(file) as stream:
            while block := stream.read(_BLOCK_BYTES):
                if decoder.getstate()[0] or not block.isascii():  # ASCII needs no decoding
                    decoder.decode(block)
                lines, last = lines + block.count(b"\n"), block[-1:]
                budget.spend(position(stream) - covered)
                covered = position(stream)
                if budget.is_spent:
                    break
            is_whole = not stream.read(1)
        decoder.decode(b"", final=is_whole)
    except BROKEN as error:
        raise damaged(file, error) from error
    except UnicodeDecodeError as error:
        raise DatasetError(
            f"{file} cannot be read as text ({layout.encoding}): {error}.",
            hint="Fix the file, or give the folder without it.",
        ) from error
    unended = 1 if is_whole and last != b"\n" else 0
    return FileSurvey(lines + unended, size_bytes if is_whole else min(covered, size_bytes - 1))


def _sample(file: Path) -> tuple[str, str]:
    """Read the beginning of a file, cut at a line end, and how it is encoded."""
    try:
        with open_bytes(file) as stream:
            data = stream.read(_SAMPLE_BYTES)
            is_whole = not stream.read(1)
    except BROKEN as error:
        raise damaged(file, error) from error
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise DatasetError(
            f"{file} is UTF-16 text; loaders read UTF-8.",
            hint=f"Convert it: iconv -f UTF-16 -t UTF-8 {quote(str(file))}",
        )
    encoding = "utf-8-sig"  # with or without a byte order mark
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(data, final=is_whole)
    except UnicodeDecodeError as error:
        if b"\0" in data:
            raise DatasetError(
                f"{file} holds bytes that are not text.", hint="Give the folder without it."
            ) from error
        text, encoding = data.decode("latin-1"), "latin-1"
    cut = text if is_whole else text[: text.rfind("\n") + 1]
    return cut or text, encoding


def _rows(text: TextIOWrapper, layout: FileLayout, budget: Budget) -> FileSurvey:
    """Count rows and note their anomalies; `covered_bytes` is `_WHOLE` at the end of the file."""
    reader = csv.reader(table_lines(text), delimiter=layout.delimiter)
    first = next((row for row in reader if row), None)
    if first is None:
        return FileSurvey(0, _WHOLE)
    if not _fits(first, layout):
        return FileSurvey(0, _WHOLE, fits=False)
    counted, covered, anomalies = 0, 0, RowAnomalies()
    turns = cycle(range(_BLOCKS_PER_READ))
    block = [] if layout.has_header else [first]
    line = reader.line_num - lines_in(block)
    at_once = max(1, min(_ROWS_AT_ONCE, _CELLS_AT_ONCE // max(1, len(layout.columns))))
    while block := [*block, *islice(reader, at_once - len(block))]:
        is_far = counted * len(layout.columns) > _CELLS_READ and next(turns) > 0
        anomalies = with_rows(anomalies, block, layout.columns, line=line, only_widths=is_far)
        counted += len(block) - block.count([])
        if len(block) < at_once:
            break
        reached = position(text)
        budget.spend(reached - covered)
        covered = reached
        if budget.is_spent:
            return FileSurvey(counted, covered, anomalies=anomalies)
        line, block = reader.line_num, []
    return FileSurvey(counted, _WHOLE, anomalies=anomalies)


def _fits(first: list[str], layout: FileLayout) -> bool:
    if not layout.has_header:
        return len(first) == len(layout.columns)
    return column_names(first) == [column.name for column in layout.columns]
