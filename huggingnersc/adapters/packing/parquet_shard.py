"""Write a Parquet file by groups of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.data_files.libraries import data_library
from huggingnersc.adapters.packing.array_columns import array_values

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

# A reader takes a group at a time. `datasets` writes groups of 100 MB; a smaller one is in memory
# sooner, here and when the data is streamed, and more groups are mixed better by a reader.
_GROUP_BYTES = 32 << 20
_GROUP_ROWS = 20_000


class ParquetShard:
    """A Parquet file that is written; use it as a context manager.

    At most a group of rows is in memory, about 32 MiB. The same rows give the same bytes with the
    same version of pyarrow.

    Args:
        output: a binary stream; it is written from the beginning to the end, and not closed.
        schema: of pyarrow.
        arrays: the names of columns whose values are NumPy arrays.

    Raises:
        InstallationError: pyarrow is not installed.
    """

    def __init__(self, output: Any, schema: Any, arrays: Collection[str] = ()) -> None:
        self._arrow = data_library("pyarrow", "Parquet")
        self._schema, self._arrays = schema, frozenset(arrays)
        self._writer = data_library("pyarrow.parquet", "Parquet").ParquetWriter(
            output, schema, compression="zstd", write_page_index=True
        )
        self._rows: list[Mapping[str, Any]] = []
        self._pending_bytes = 0

    def __enter__(self) -> ParquetShard:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._write()
        self._writer.close()

    def add(self, row: Mapping[str, Any], size_bytes: int) -> None:
        """Add a row.

        Args:
            row: a value for each column.
            size_bytes: about how much memory it takes.
        """
        self._rows.append(row)
        self._pending_bytes += size_bytes
        if len(self._rows) == _GROUP_ROWS or self._pending_bytes >= _GROUP_BYTES:
            self._write()

    def add_table(self, table: Any) -> None:
        """Add rows of an Arrow table with the same schema as a group of rows."""
        self._writer.write_table(table, row_group_size=max(1, table.num_rows))

    def _write(self) -> None:
        if self._rows:
            columns = [self._column(field) for field in self._schema]
            self.add_table(self._arrow.Table.from_arrays(columns, schema=self._schema))
        self._rows.clear()
        self._pending_bytes = 0

    def _column(self, field: Any) -> Any:
        values = [row.get(field.name) for row in self._rows]
        if field.name in self._arrays:
            return array_values(self._arrow, values, field.type)
        return self._arrow.array(values, field.type)
