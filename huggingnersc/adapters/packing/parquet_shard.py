"""Write a Parquet file by groups of rows, and hash it on the way."""

from __future__ import annotations

from hashlib import sha256
from typing import IO, TYPE_CHECKING, Any

from huggingnersc.adapters.data_files.libraries import data_library

if TYPE_CHECKING:
    from collections.abc import Mapping

# A reader takes a group at a time. `datasets` writes groups of 100 MB; a smaller one is in memory
# sooner, here and when the data is streamed, and more groups are mixed better by a reader.
_GROUP_BYTES = 32 << 20
_GROUP_ROWS = 20_000


class _HashedFile:
    """A file that is written from its beginning to its end."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.sha256, self.size_bytes = file, sha256(), 0
        self.closed = False

    def write(self, data: Any) -> int:
        self.sha256.update(data)
        size_bytes = memoryview(data).nbytes
        self.size_bytes += size_bytes
        self._file.write(data)
        return size_bytes

    def tell(self) -> int:
        return self.size_bytes

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        self.closed = True

    def readable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True


class ParquetShard:
    """A Parquet file that is written; use it as a context manager.

    At most a group of rows is in memory, about 32 MiB. The same rows give the same bytes with the
    same version of pyarrow.

    Args:
        file: open for writing; it is not closed.
        schema: of pyarrow.

    Raises:
        InstallationError: pyarrow is not installed.
    """

    def __init__(self, file: IO[bytes], schema: Any) -> None:
        self._arrow = data_library("pyarrow", "Parquet")
        self._sink, self._schema = _HashedFile(file), schema
        self._writer = data_library("pyarrow.parquet", "Parquet").ParquetWriter(
            self._sink, schema, compression="zstd", write_page_index=True
        )
        self._rows: list[Mapping[str, Any]] = []
        self._pending_bytes = 0

    def __enter__(self) -> ParquetShard:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._write()
        self._writer.close()

    @property
    def sha256(self) -> str:
        """The hash of the file, once it is complete."""
        return self._sink.sha256.hexdigest()

    @property
    def size_bytes(self) -> int:
        """The size of the file, once it is complete."""
        return self._sink.size_bytes

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
            self.add_table(self._arrow.Table.from_pylist(self._rows, schema=self._schema))
        self._rows.clear()
        self._pending_bytes = 0
