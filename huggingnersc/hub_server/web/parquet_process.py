"""The process that opens a Parquet file, with limits of time and memory.

A file of 8 kB may unpack to gigabytes, and what it says of its size is no promise. The file is
stdin, the argument how many seconds of CPU it may take; the head goes to stdout as JSON.
"""

from __future__ import annotations

import json
import resource
import sys
from contextlib import suppress
from dataclasses import asdict
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
    from typing import IO

    import pyarrow.parquet

MEMORY_LIMIT_BYTES = 2 << 30
NOT_READABLE = 3

GROUP_LIMIT_BYTES = 256 * 1000 * 1000
"""Rows of a larger first row group (bytes before compression) are not read, only its columns."""


def main() -> int:
    """Read stdin and print its head; `NOT_READABLE` when it is no Parquet file."""
    for kind, limit in (
        (resource.RLIMIT_CPU, int(sys.argv[1])),
        (resource.RLIMIT_AS, MEMORY_LIMIT_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # a lower limit is set already
            resource.setrlimit(kind, (limit, limit))
    import pyarrow

    try:
        head = read_head(sys.stdin.buffer)
    except (pyarrow.ArrowException, OSError, ValueError):
        return NOT_READABLE
    json.dump(asdict(head), sys.stdout)
    return 0


def read_head(stream: IO[bytes]) -> TableHead:
    """Return the head of a Parquet file. Raises: pyarrow.ArrowException, OSError, ValueError."""
    import pyarrow.parquet

    with pyarrow.parquet.ParquetFile(stream) as file:
        return _head(file)


def _head(file: pyarrow.parquet.ParquetFile) -> TableHead:
    fields = list(file.schema_arrow)
    names = [field.name for field in fields[:COLUMN_LIMIT]]
    columns = [TableColumn(cell_text(field.name), cell_text(str(field.type))) for field in fields]
    batches = file.iter_batches(ROW_LIMIT, columns=names, use_threads=False)
    batch = next(batches, None) if _is_small(file) else None
    cells = [[cell_text(value.as_py()) for value in column] for column in batch or ()]
    rows = list(zip(*cells, strict=True)) if cells else []
    return table_head(columns, rows, rows_in_all=file.metadata.num_rows)


def _is_small(file: pyarrow.parquet.ParquetFile) -> bool:
    if file.metadata.num_row_groups == 0:
        return False
    return bool(file.metadata.row_group(0).total_byte_size <= GROUP_LIMIT_BYTES)


if __name__ == "__main__":
    raise SystemExit(main())
