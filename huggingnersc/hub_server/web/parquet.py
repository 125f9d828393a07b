"""The first rows of a Parquet file, read with pyarrow where it is installed."""

from __future__ import annotations

import io
from importlib.util import find_spec
from typing import TYPE_CHECKING

from huggingnersc.hub_server.web.tables import (
    COLUMN_LIMIT,
    ROW_LIMIT,
    TableColumn,
    TableHead,
    cell_text,
    table_head,
)

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow.parquet

GROUP_LIMIT_BYTES = 256 * 1000 * 1000
"""Rows of a larger first row group (bytes before compression) are not read, only its columns."""

NOT_INSTALLED = "The server needs pyarrow to look into Parquet files: pip install pyarrow"
NOT_READABLE = "This file cannot be read as Parquet."


def parquet_head(source: Path | bytes) -> tuple[TableHead | None, str]:
    """Return the head of a Parquet file, or `None` and one sentence that says why."""
    if find_spec("pyarrow") is None:
        return None, NOT_INSTALLED
    import pyarrow
    import pyarrow.parquet

    try:
        opened = io.BytesIO(source) if isinstance(source, bytes) else source
        with pyarrow.parquet.ParquetFile(opened) as file:
            return _head(file), ""
    except (pyarrow.ArrowException, OSError, ValueError):
        return None, NOT_READABLE


def _head(file: pyarrow.parquet.ParquetFile) -> TableHead:
    fields = list(file.schema_arrow)
    names = [field.name for field in fields[:COLUMN_LIMIT]]
    columns = [TableColumn(cell_text(field.name), cell_text(str(field.type))) for field in fields]
    batch = next(file.iter_batches(ROW_LIMIT, columns=names), None) if _is_small(file) else None
    cells = [[cell_text(value) for value in column.to_pylist()] for column in batch or ()]
    rows = list(zip(*cells, strict=True)) if cells else []
    return table_head(columns, rows, rows_in_all=file.metadata.num_rows)


def _is_small(file: pyarrow.parquet.ParquetFile) -> bool:
    if file.metadata.num_row_groups == 0:
        return False
    return bool(file.metadata.row_group(0).total_byte_size <= GROUP_LIMIT_BYTES)
