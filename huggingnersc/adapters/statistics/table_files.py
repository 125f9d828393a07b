"""The form of the files of a table: their columns, and how they are read.

These are tasks of a describing process.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypedDict, cast

from huggingnersc.adapters.data_files.compressed import BROKEN, damaged, open_bytes
from huggingnersc.adapters.data_files.lines import read_table_layout
from huggingnersc.adapters.data_files.parquet import read_parquet_layout
from huggingnersc.domain.draft.file_type import COMPRESSED, FileType
from huggingnersc.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedIOBase

_LONGEST_NAME = 1_000
_MOST_KEYS = 1_000
_HEAD_LINES, _HEAD_BYTES = 1_000, 1 << 24  # of JSON lines, in which keys are looked for


class TableForm(TypedDict):
    """How a file of a table is read; files of the same form are one table.

    Attributes:
        format: csv, jsonl or parquet.
        columns: their names, for JSON lines those in the first rows.
        types: of Parquet columns, as pyarrow names them; empty for other formats.
        encoding: of CSV: utf-8 or latin-1.
        delimiter: of CSV.
        header: whether the first line of CSV holds the names.
        compressed: whether it is gzipped.
    """

    format: Literal["csv", "jsonl", "parquet"]
    columns: list[str]
    types: list[str]
    encoding: str
    delimiter: str
    header: bool
    compressed: bool


def inspect(file: str, file_type: str) -> TableForm:
    """Return the form of a file.

    Raises:
        DatasetError: it cannot be read.
        InstallationError: the library for it is not installed.
    """
    path = Path(file)
    form: TableForm = {
        "format": cast("Literal['csv', 'jsonl', 'parquet']", file_type),
        "columns": [],
        "types": [],
        "encoding": "utf-8",
        "delimiter": ",",
        "header": False,
        "compressed": path.suffix.lower() == COMPRESSED,
    }
    if file_type == FileType.CSV:
        layout = read_table_layout(path)
        form["encoding"] = "latin-1" if layout.encoding == "latin-1" else "utf-8"
        form["delimiter"], form["header"] = layout.delimiter, layout.has_header
        form["columns"] = [_utf8(column.name) for column in layout.columns]
    elif file_type == FileType.JSON_LINES:
        form["columns"] = _keys(path)
    else:
        layout = read_parquet_layout(path)
        form["columns"] = [_utf8(column.name) for column in layout.columns]
        form["types"] = [str(column.type) for column in layout.columns]
    if not form["columns"]:
        raise DatasetError(f"{file} has no columns.")
    return form


def _utf8(name: str) -> str:
    return name[:_LONGEST_NAME].encode("utf-8", "replace").decode()


def _keys(file: Path) -> list[str]:
    """Return the keys of the first lines that hold objects.

    Raises:
        DatasetError: the compressed data is damaged, or no line holds an object.
    """
    keys: dict[str, None] = {}
    is_object = False
    try:
        with open_bytes(file) as stream:
            for line in _first_lines(stream):
                with suppress(ValueError, RecursionError):
                    if isinstance(row := json.loads(line), dict):
                        is_object = True
                        keys |= dict.fromkeys(filter(None, row))
    except BROKEN as error:
        raise damaged(file, error) from error
    if not is_object:
        raise DatasetError(f"{file} has no JSON object in its first lines.")
    return [*dict.fromkeys(map(_utf8, keys))][:_MOST_KEYS]


def _first_lines(stream: BufferedIOBase) -> Iterator[bytes]:
    left = _HEAD_BYTES
    for _ in range(_HEAD_LINES):
        if left <= 0 or not (line := stream.readline(left)):
            return
        left -= len(line)
        yield line
