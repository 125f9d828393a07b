"""The form of the files of a table: their columns, and how they are read.

These are tasks of a describing process.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypedDict, cast

from huggingnersc.adapters.data_files.json_lines import read_json_lines_layout
from huggingnersc.adapters.data_files.lines import read_table_layout
from huggingnersc.adapters.data_files.parquet import read_parquet_layout
from huggingnersc.domain.draft.file_type import COMPRESSED, FileType
from huggingnersc.errors import DatasetError

_LONGEST_NAME = 1_000


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
    elif file_type == FileType.JSON_LINES:
        layout = read_json_lines_layout(path)
    else:
        layout = read_parquet_layout(path)
        form["types"] = [str(column.type) for column in layout.columns]
    form["columns"] = [_utf8(column.name) for column in layout.columns]
    if not form["columns"]:
        raise DatasetError(f"{file} has no columns.")
    return form


def _utf8(name: str) -> str:
    return name[:_LONGEST_NAME].encode("utf-8", "replace").decode()
