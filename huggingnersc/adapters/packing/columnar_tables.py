"""Parquet and HDF5 files as tables: their blocks, the types of their columns, the rows."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.data_files.hdf5 import read_hdf5_layout
from huggingnersc.adapters.data_files.libraries import data_library
from huggingnersc.adapters.packing.array_columns import array_values
from huggingnersc.adapters.packing.arrow_types import arrow_schema, features_of
from huggingnersc.adapters.packing.hdf5_arrays import OtherArrays
from huggingnersc.adapters.packing.text_table_files import unified
from huggingnersc.domain.draft.layout import ArrayChoice, ExampleUnit
from huggingnersc.domain.packing.features import array_of, value
from huggingnersc.domain.packing.scanned_block import ScannedBlock
from huggingnersc.domain.packing.table_columns import named

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator, Mapping, Sequence

    from huggingnersc.adapters.packing.source_files import SourceFiles
    from huggingnersc.domain.packing.features import Feature, Features
    from huggingnersc.domain.packing.sample import ListedPart
    from huggingnersc.domain.packing.table_blocks import TableBlock

_NUMBERS = frozenset("biuf")


class ParquetTables:
    """Parquet files, whose row groups are the blocks.

    Args:
        source: where the files are.
        settings: none.
    """

    def __init__(self, source: SourceFiles, settings: Mapping[str, Any]) -> None:
        self._source, self.settings = source, dict(settings)
        self._schema: Any = None
        self._declared: list[str | None] = []

    def scan(self, file: ListedPart, _block_size_bytes: int) -> Iterator[ScannedBlock]:
        """Yield the blocks of a file, and see the types of its columns; only its end is read.

        Raises:
            ValueError: its columns do not fit to those before.
        """
        with self._opened(file) as opened:
            schema = opened.schema_arrow
            declared = (schema.metadata or {}).get(b"huggingface")
            self._declared.append(declared.decode() if declared else None)
            self._schema = unified(self._schema, schema)
            for number in range(opened.num_row_groups):
                group = opened.metadata.row_group(number)
                columns = map(group.column, range(group.num_columns))
                size_bytes = sum(column.total_compressed_size for column in columns)
                yield ScannedBlock(number, number + 1, group.num_rows, size_bytes)

    def features(self) -> Features:
        """Return the types of the columns; as the files declare them, where all do so alike.

        Raises:
            ValueError: `datasets` has no type for one.
        """
        found = features_of(self._schema or ())
        (declared, *others) = set(self._declared) or {None}
        if declared is None or others:
            return found
        features: Features = json.loads(declared)["info"]["features"]
        return features if features.keys() == found.keys() else found

    def read(self, block: TableBlock, features: Features, columns: Sequence[str] = ()) -> Any:
        """Return the rows of a block as an Arrow table.

        Raises:
            pyarrow.ArrowException: they are not what was scanned.
            SourceChangedError: the file is not what was listed.
        """
        arrow = data_library("pyarrow", "Parquet")
        with self._opened(block.file) as opened:
            table = opened.read_row_groups([block.start], columns=[*columns] or None)
        names = [*columns] or [*features]
        for field in arrow_schema(features):
            if field.name in names and field.name not in table.column_names:
                table = table.append_column(field, arrow.nulls(table.num_rows, field.type))
        return table.select(names)

    def close(self) -> None:
        """Do nothing: files are closed as they were read."""

    @contextmanager
    def _opened(self, file: ListedPart) -> Iterator[Any]:
        with os.fdopen(self._source.open(file), "rb") as stream:
            self._source.require(file, stream.fileno(), file.size_bytes)
            yield data_library("pyarrow.parquet", "Parquet").ParquetFile(stream)


class Hdf5Tables:
    """HDF5 files with a table: an array of records, or arrays of the same length side by side.

    Args:
        source: where the files are.
        settings: the arrays, see `settings`; empty to see them in the first file.
    """

    def __init__(self, source: SourceFiles, settings: Mapping[str, Any]) -> None:
        self._source = source
        self._names: list[str] = list(settings.get("names", ()))
        self._features: dict[str, Feature] = {}
        self._others = OtherArrays()

    @property
    def left_out(self) -> Counter[str]:
        """The arrays of the files scanned that are no columns: how often, by name and length."""
        return self._others.left_out()

    @property
    def settings(self) -> dict[str, Any]:
        """The arrays that hold the table: one of records, or a column each."""
        return {"names": self._names}

    def scan(self, file: ListedPart, block_size_bytes: int) -> Iterator[ScannedBlock]:
        """Yield the blocks of a file, and see the types of its columns.

        Raises:
            ValueError: it holds no table, or another one than the first file.
            DatasetError: it cannot be read.
        """
        self._names = self._names or self._found(file)
        with self._opened(file) as opened:
            if missing := [name for name in self._names if name not in opened]:
                raise ValueError(f"unlike the first file it lacks {named(missing)}")
            items = [opened[name] for name in self._names]
            features = dict(_columns(items, self._names))
            if self._features and (differing := _differing(self._features, features)):
                raise ValueError(f"unlike in the first file, the types are others of {differing}")
            self._features = features
            rows = {len(item) for item in items}
            if len(rows) > 1:
                lengths = (
                    f"{name} has {len(item):,}"
                    for name, item in zip(self._names, items, strict=True)
                )
                raise ValueError(f"its columns differ in their rows: {', '.join(lengths)}")
            (total,) = rows
            self._others.add(opened, self._names, total)
            row_bytes = sum(item.dtype.itemsize * _width(item) for item in items) or 1
            step = max(1, block_size_bytes // row_bytes)
            for start in range(0, total, step):
                end = min(start + step, total)
                yield ScannedBlock(start, end, end - start, (end - start) * row_bytes)

    def features(self) -> Features:
        """Return the types of the columns."""
        return self._features

    def read(self, block: TableBlock, features: Features, columns: Sequence[str] = ()) -> Any:
        """Return the rows of a block as an Arrow table.

        Raises:
            KeyError, OSError: they are not what was scanned.
            SourceChangedError: the file is not what was listed.
        """
        arrow = data_library("pyarrow", "HDF5")
        schema = arrow_schema(features)
        with self._opened(block.file) as opened:
            arrays = dict(_arrays(opened, self._names, block.start, block.end))
        chosen = [field for field in schema if not columns or field.name in columns]
        values = [_arrow_column(arrow, arrays[field.name], field.type) for field in chosen]
        return arrow.Table.from_arrays(values, schema=arrow.schema(chosen))

    def close(self) -> None:
        """Do nothing: files are closed as they were read."""

    def _found(self, file: ListedPart) -> list[str]:
        with self._opened(file) as opened:
            records = [
                name
                for name, item in opened.items()
                if getattr(item, "dtype", None) is not None and item.dtype.names
            ]
        if len(records) == 1:
            return records
        layout = read_hdf5_layout(self._source.path_of(file), ArrayChoice())
        if layout.unit is not ExampleUnit.ROW or layout.splits:
            raise ValueError("it holds no table")
        return list(layout.arrays)

    def _opened(self, file: ListedPart) -> Any:
        with self._source.opened(file) as descriptor:
            self._source.require(file, descriptor, file.size_bytes)
        return data_library("h5py", "HDF5").File(self._source.path_of(file), "r", locking=False)


def _differing(one: Features, other: Features) -> str:
    """Return the names of the columns that are not the same in both."""
    return named(sorted(k for k in one.keys() | other.keys() if one.get(k) != other.get(k)))


def _width(item: Any) -> int:
    numbers = 1
    for length in item.shape[1:]:
        numbers *= length
    return numbers


def _columns(items: Sequence[Any], names: Sequence[str]) -> Iterator[tuple[str, Feature]]:
    if len(items) == 1 and items[0].dtype.names:
        for name in items[0].dtype.names:
            dtype = items[0].dtype[name]
            yield name, _feature(dtype.base, (*dtype.shape, *items[0].shape[1:]), name)
        return
    for item, name in zip(items, names, strict=True):
        yield name.replace("/", "_"), _feature(item.dtype, item.shape[1:], name)


def _feature(dtype: Any, shape: tuple[int, ...], name: str) -> Feature:
    if dtype.kind in _NUMBERS and dtype.itemsize <= 8:
        return array_of(str(dtype.newbyteorder("=")), shape)
    if dtype.kind in "SUO" and not shape:
        return value("string")
    raise ValueError(f"{name} is an array of {dtype}, which no column of a table holds")


def _arrays(opened: Any, names: Sequence[str], start: int, end: int) -> Iterator[tuple[str, Any]]:
    first = opened[names[0]]
    if len(names) == 1 and first.dtype.names:
        records = first[start:end]
        yield from ((name, records[name]) for name in first.dtype.names)
        return
    for name in names:
        yield name.replace("/", "_"), opened[name][start:end]


def _arrow_column(arrow: Any, values: Any, kind: Any) -> Any:
    if arrow.types.is_string(kind):
        texts = (
            one.decode(errors="replace") if isinstance(one, bytes) else str(one) for one in values
        )
        return arrow.array(list(texts), kind)
    native = values.astype(values.dtype.newbyteorder("="), copy=False)
    if values.ndim == 1:
        return arrow.array(native, kind)
    return array_values(arrow, [native], arrow.list_(kind)).flatten()


def _text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
