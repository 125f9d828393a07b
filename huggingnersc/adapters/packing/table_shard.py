"""Write rows of tables as a Parquet shard.

A shard is made of blocks of rows in the order of the seed; of each block the rows of its split are
taken. So a file is read once for each split, however many shards there are. About 64 MiB of rows
at a time are mixed by their hashes; where a split has fewer, it is mixed as a whole.
"""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.data_files.libraries import data_library
from huggingnersc.adapters.packing.arrow_types import arrow_schema
from huggingnersc.adapters.packing.parquet_shard import ParquetShard
from huggingnersc.adapters.packing.row_splits import row_hashes, split_numbers
from huggingnersc.adapters.packing.table_kinds import damaged_table, table_reader
from huggingnersc.domain.draft.file_type import FileType
from huggingnersc.domain.packing.features import parse_features
from huggingnersc.domain.packing.member_line import table_line
from huggingnersc.domain.packing.table_blocks import RowRule, parse_block
from huggingnersc.domain.text.terminal import visible
from huggingnersc.errors import HuggingNerscError, PackingError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from huggingnersc.adapters.packing.shard_output import ShardOutput
    from huggingnersc.adapters.packing.source_files import SourceFiles
    from huggingnersc.adapters.packing.table_kinds import TableReader
    from huggingnersc.domain.packing.features import Features
    from huggingnersc.domain.packing.shard_job import ShardJob
    from huggingnersc.domain.packing.table_blocks import TableBlock

_MIXED_BYTES = 64 << 20
_GROUP_BYTES = 32 << 20
_GROUP_ROWS = 1 << 20


@dataclass(frozen=True, slots=True)
class WrittenRows:
    """What was written to a shard.

    Attributes:
        rows: how many.
        hashes_sum: the sum of their hashes, modulo 2**64.
        lines: of the manifest: the files that they are from, and how many are from each.
    """

    rows: int
    hashes_sum: int
    lines: list[bytes]


def write_rows(job: ShardJob, source: SourceFiles, output: ShardOutput) -> WrittenRows:
    """Write the rows of a split that are in the blocks of a shard.

    Args:
        job: its layout is that of `table_plan`, its lines are blocks.
        source: where the files are.
        output: of the shard.

    Raises:
        SourceChangedError: a file is not what was listed.
        PackingError: its rows are not those that were planned.
        InstallationError: a library that is needed is not installed.
        OSError: the shard cannot be written.
    """
    features = parse_features(job.layout["features"])
    blocks = [parse_block(line) for line in job.lines]
    reader = table_reader(FileType(job.layout["type"]), source, job.layout["settings"])
    rows, counts = _Rows(job, reader, features), Counter[bytes]()
    with closing(reader), ParquetShard(output, arrow_schema(features)) as shard:
        for block in blocks:
            counts[block.file.path] += rows.add(block)
            if rows.size_bytes >= _MIXED_BYTES:
                _write(shard, rows.mixed())
        _write(shard, rows.mixed())
    files = {block.file.path: block.file for block in blocks}
    lines = [table_line(file, counts[path]) for path, file in sorted(files.items())]
    return WrittenRows(rows.count, rows.hashes_sum % (1 << 64), lines)


class _Rows:
    """Rows that are not written yet."""

    def __init__(self, job: ShardJob, reader: TableReader, features: Features) -> None:
        layout: Mapping[str, Any] = job.layout
        self._reader = reader
        self._features, self._schema = features, arrow_schema(features)
        shared: list[str] = layout["splits"]
        # Other splits are the source's own, and hold whole files.
        is_shared = layout["rule"] and job.split in shared
        self._rule = RowRule(**layout["rule"]) if is_shared else None
        self._split = shared.index(job.split) if is_shared else None
        self._numpy = data_library("numpy", "table")
        self._seed: int = layout["seed"]
        self._tables: list[Any] = []
        self._hashes: list[Any] = []
        self.count = self.hashes_sum = self.size_bytes = 0

    def add(self, block: TableBlock) -> int:
        """Add the rows of a block that are in the split; return how many these are."""
        table = self._read(block)
        hashes = row_hashes(self._seed, block.first_row, block.rows)
        if self._rule is not None:
            chosen = self._numpy.flatnonzero(
                split_numbers(self._rule, table, hashes) == self._split
            )
            table, hashes = table.take(chosen), hashes[chosen]
        self._tables.append(table)
        self._hashes.append(hashes)
        self.count += len(hashes)
        self.hashes_sum += int(hashes.sum(dtype=self._numpy.uint64))
        self.size_bytes += table.nbytes
        return len(hashes)

    def _read(self, block: TableBlock) -> Any:
        try:
            table = self._reader.read(block, self._features).cast(self._schema)
        except HuggingNerscError:
            raise
        except damaged_table() as error:
            raise _unreadable(block, " ".join(str(error).split())) from error
        if table.num_rows != block.rows:
            raise _unreadable(block, f"{table.num_rows:,} rows, there were {block.rows:,}")
        return table

    def mixed(self) -> Iterator[Any]:
        """Yield the rows in the order of their hashes as tables, and keep none."""
        arrow = data_library("pyarrow", "Parquet")
        if self._tables:
            table = arrow.concat_tables(self._tables)
            ordered = self._numpy.argsort(self._numpy.concatenate(self._hashes))
            step = max(1, min(_GROUP_ROWS, _GROUP_BYTES * len(ordered) // max(1, table.nbytes)))
            for begin in range(0, len(ordered), step):
                yield table.take(ordered[begin : begin + step]).combine_chunks()
        self._tables, self._hashes, self.size_bytes = [], [], 0


def _write(shard: ParquetShard, tables: Iterator[Any]) -> None:
    for table in tables:
        shard.add_table(table)


def _unreadable(block: TableBlock, how: str) -> PackingError:
    named = visible(block.file.path.decode(errors="replace"))
    return PackingError(
        f"The rows of {named} are not those that were planned: {how}.",
        hint="Wait until nothing changes the source, then cancel the run and pack it again.",
    )
