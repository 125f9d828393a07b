"""CSV and text files: looked at and counted in constant memory."""

from __future__ import annotations

import codecs
import csv
import os
from shlex import quote
from typing import TYPE_CHECKING

from huggingnersc.domain.draft.found import FileCount, Layout
from huggingnersc.domain.draft.table import column_names, read_table
from huggingnersc.errors import DatasetError

if TYPE_CHECKING:
    from io import TextIOWrapper
    from pathlib import Path

    from huggingnersc.adapters.data.budget import Budget

_BLOCK_BYTES = 1 << 20
_SAMPLE_BYTES = 1 << 20
_ROWS_BETWEEN_LOOKS = 1000


def look_at_table(file: Path) -> Layout:
    """Tell how a CSV file is built."""
    sample, encoding = _sample(file)
    return read_table(sample, encoding)


def look_at_text(file: Path) -> Layout:
    """Tell how a text file is encoded."""
    return Layout(encoding=_sample(file)[1])


def count_rows(file: Path, layout: Layout, size_bytes: int, budget: Budget) -> FileCount:
    """Count the rows of a CSV file without its header; blank lines are none.

    A file whose columns have other names, or another number of them, does not fit.

    Raises:
        DatasetError: it cannot be read as CSV.
    """
    try:
        with file.open(newline="", encoding=layout.encoding) as text:
            counted, read_bytes, fits = _rows(text, layout, budget)
    except (UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(
            f"{file} cannot be read as CSV ({layout.encoding}): {error}.",
            hint="Mend the file, or give the folder without it.",
        ) from error
    # The last bytes read may hold rows that were not counted: the file is not done.
    covered = size_bytes if read_bytes is None else min(read_bytes, size_bytes - 1)
    return FileCount(counted, covered, fits)


def count_lines(file: Path, size_bytes: int, budget: Budget) -> FileCount:
    """Count the lines of a text file; the last one need not end in a line feed."""
    lines, covered, last = 0, 0, b"\n"
    with file.open("rb") as stream:
        while block := stream.read(_BLOCK_BYTES):
            lines, covered, last = lines + block.count(b"\n"), covered + len(block), block[-1:]
            budget.spend(len(block))
            if budget.is_spent:
                break
    is_whole = covered >= size_bytes
    unended = 1 if is_whole and last != b"\n" else 0
    return FileCount(lines + unended, size_bytes if is_whole else covered)


def _sample(file: Path) -> tuple[str, str]:
    """Read the beginning of a file, cut at a line end, and how it is encoded."""
    with file.open("rb") as stream:
        data = stream.read(_SAMPLE_BYTES)
        is_whole = not stream.read(1)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise DatasetError(
            f"{file} is UTF-16 text; loaders read UTF-8.",
            hint=f"Convert it: iconv -f UTF-16 -t UTF-8 {quote(str(file))}",
        )
    encoding = "utf-8-sig"  # with or without a byte order mark
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(data, final=is_whole)
    except UnicodeDecodeError:
        text, encoding = data.decode("latin-1"), "latin-1"
    cut = text if is_whole else text[: text.rfind("\n") + 1]
    return cut or text, encoding


def _rows(text: TextIOWrapper, layout: Layout, budget: Budget) -> tuple[int, int | None, bool]:
    """Give the rows, the bytes they took (None: all of them), and whether the columns fit."""
    rows = (row for row in csv.reader(text, delimiter=layout.delimiter) if row)
    first = next(rows, None)
    if first is None:
        return 0, None, True
    if not _fits(first, layout):
        return 0, None, False
    before = 0 if layout.has_header else 1
    counted, covered = before, 0
    for counted, _ in enumerate(rows, start=before + 1):
        if counted % _ROWS_BETWEEN_LOOKS == 0:
            position = os.lseek(text.fileno(), 0, os.SEEK_CUR)
            budget.spend(position - covered)
            covered = position
            if budget.is_spent:
                return counted, covered, True
    return counted, None, True


def _fits(first: list[str], layout: Layout) -> bool:
    if not layout.has_header:
        return len(first) == len(layout.columns)
    return column_names(first) == [column.name for column in layout.columns]
