"""Write the samples of a shard as the rows of a Parquet file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, TypeAlias

from huggingnersc.adapters.packing.array_columns import read_array
from huggingnersc.adapters.packing.arrow_types import arrow_schema
from huggingnersc.adapters.packing.cifar_files import CifarRows
from huggingnersc.adapters.packing.described_files import DescribedRows
from huggingnersc.adapters.packing.folder_source import DESCRIBED
from huggingnersc.adapters.packing.idx_files import IdxRows
from huggingnersc.adapters.packing.parquet_shard import ParquetShard
from huggingnersc.domain.packing.features import parse_features
from huggingnersc.domain.packing.options import SourceKind
from huggingnersc.domain.packing.path_columns import PathColumns
from huggingnersc.domain.packing.row_columns import (
    FRAME_COUNT,
    VIDEO,
    ColumnKeys,
    ColumnKind,
    FileColumn,
)
from huggingnersc.domain.packing.sample import WHOLE_FILE
from huggingnersc.domain.text.escaped_names import escaped
from huggingnersc.domain.text.terminal import visible
from huggingnersc.errors import PackingError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from huggingnersc.adapters.packing.shard_output import ShardOutput
    from huggingnersc.adapters.packing.source_files import SourceFiles
    from huggingnersc.domain.packing.features import Features
    from huggingnersc.domain.packing.sample import Sample
    from huggingnersc.domain.packing.shard_job import ShardJob


class FileRows:
    """Rows made of files; use it as a context manager.

    Args:
        source: where the files are.
        layout: see `parquet_layout`.
    """

    def __init__(self, source: SourceFiles, layout: Mapping[str, Any]) -> None:
        self._source = source
        self._keys = ColumnKeys(**layout["keys"])
        self._paths = PathColumns(**_with_tuples(layout["paths"]))
        columns = [FileColumn(**_with_tuples(one)) for one in layout["columns"]]
        self._columns = {key: column for column in columns for key in column.keys}
        described = layout.get(DESCRIBED)
        self._described = DescribedRows(source, described) if described else None
        self._lists = [column.name for column in columns if column.is_list]
        self.arrays = [
            one.name for one in columns if one.kind == ColumnKind.ARRAY and not one.is_list
        ]

    def __enter__(self) -> FileRows:
        return self

    def __exit__(self, *_: object) -> None:
        if self._described:
            self._described.close()

    def row(self, sample: Sample) -> dict[str, Any]:
        """Return the row of a sample.

        Raises:
            ValueError: a file is not what its name says.
            SourceChangedError: one is not what was listed.
            OSError: one cannot be read.
        """
        row: dict[str, Any] = {name: [] for name in self._lists}
        for part in sample.parts:
            if part.record != WHOLE_FILE and self._described:
                row |= self._described.values(part.record)
                continue
            column = self._columns[self._keys.of(part.path)]
            value = _value(column, part.path, self._source.read(part))
            if column.is_list:
                row[column.name].append(value)
            else:
                row[column.name] = value
        if VIDEO in row:
            row[FRAME_COUNT] = len(row[VIDEO])
        return row | self._paths.of(sample.key, sample.parts[0].path)

    @staticmethod
    def cost_bytes(sample: Sample) -> int:
        """Return about how much memory the row of a sample takes."""
        return sum(part.size_bytes for part in sample.parts if part.record == WHOLE_FILE)


SampleReader: TypeAlias = FileRows | IdxRows | CifarRows


def write_parquet(job: ShardJob, source: SourceFiles, output: ShardOutput) -> list[bytes]:
    """Write the samples as rows; return a line of the manifest for each file or record.

    A group of rows is in memory at a time, about 32 MiB or one sample.

    Args:
        job: its layout is that of `parquet_layout`.
        source: where the files are.
        output: of the shard.

    Raises:
        SourceChangedError: a file is not what was listed.
        PackingError: it is not what its name says.
        InstallationError: a library that is needed is not installed.
        OSError: it cannot be read, or the shard not be written.
    """
    lines: list[bytes] = []
    features = parse_features(job.layout["features"])
    with _reader(job, source, features) as reader:
        arrays = reader.arrays if isinstance(reader, FileRows) else ()
        with ParquetShard(output, arrow_schema(features), arrays) as shard:
            for sample in job.samples():
                shard.add(_row(source, reader, sample), reader.cost_bytes(sample))
                lines.extend(_lines(sample))
    return lines


def _reader(job: ShardJob, source: SourceFiles, features: Features) -> SampleReader:
    match SourceKind(job.layout["kind"]):
        case SourceKind.IDX:
            return IdxRows(source, features)
        case SourceKind.CIFAR:
            return CifarRows(source, features)
        case _:
            return FileRows(source, job.layout)


def _row(source: SourceFiles, reader: SampleReader, sample: Sample) -> dict[str, Any]:
    try:
        return reader.row(sample)
    except ValueError as error:
        source.require_version()  # which says more
        named = visible(os.fsdecode(sample.key))
        raise PackingError(
            f"The sample {named} cannot be made a row: {error}.",
            hint="Fix the file; --form webdataset packs files as they are.",
        ) from error


def _value(column: FileColumn, path: bytes, content: bytes) -> Any:
    """Return what a column holds of a file."""
    match ColumnKind(column.kind):
        case ColumnKind.IMAGE:
            return {"bytes": content, "path": path.decode(errors="replace")}
        case ColumnKind.TEXT:
            return content.decode("utf-8-sig")
        case ColumnKind.ARRAY:
            array = read_array(content, column.dtype)
            return array.tolist() if column.is_list else array
        case ColumnKind.BINARY:
            return content


def _lines(sample: Sample) -> Iterator[bytes]:
    """Yield the lines of the manifest: of files, or of a record by the key of its sample."""
    files = [part for part in sample.parts if part.record == WHOLE_FILE]
    if not files:
        yield b"%b\t-\t0\n" % escaped(sample.key)
    for part in files:
        yield b"%b\t%b\t%d\n" % (escaped(part.path), part.digest, part.size_bytes)


def _with_tuples(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values that were JSON with tuples in place of lists."""
    return {key: tuple(one) if isinstance(one, list) else one for key, one in values.items()}
