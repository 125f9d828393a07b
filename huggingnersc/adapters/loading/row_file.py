"""Write rows to a Parquet file in groups, so that any number of them takes the same memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.data_files.libraries import data_library

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

GROUP_ROWS = 20_000


class RowFile:
    """A Parquet file that is written; use it as a context manager.

    The same rows give the same bytes.

    Args:
        path: of the file.
        types: of the columns, as pyarrow names them, by name.
        metadata: of the file.
        few: names of columns with few different values.

    Raises:
        InstallationError: pyarrow is not installed.
    """

    def __init__(
        self,
        path: Path,
        types: Mapping[str, Any],
        *,
        metadata: Mapping[str, str] | None = None,
        few: Sequence[str] = (),
    ) -> None:
        self._arrow = data_library("pyarrow", "Parquet")
        fields = [(name, self._type(one)) for name, one in types.items()]
        self._schema = self._arrow.schema(fields, metadata=metadata)
        self._writer = data_library("pyarrow.parquet", "Parquet").ParquetWriter(
            path, self._schema, compression="zstd", use_dictionary=[*few]
        )
        self._rows: list[tuple[Any, ...]] = []

    def _type(self, named: Any) -> Any:
        return self._arrow.type_for_alias(named) if isinstance(named, str) else named

    def __enter__(self) -> RowFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._write()
        self._writer.close()

    def add(self, row: tuple[Any, ...]) -> None:
        """Add a row, its values in the order of the columns."""
        self._rows.append(row)
        if len(self._rows) == GROUP_ROWS:
            self._write()

    def _write(self) -> None:
        if not self._rows:
            return
        columns = zip(*self._rows, strict=True)
        arrays = [
            self._arrow.array(values, field.type)
            for values, field in zip(columns, self._schema, strict=True)
        ]
        self._writer.write_table(self._arrow.Table.from_arrays(arrays, schema=self._schema))
        self._rows.clear()
