"""Plan a pack of tables: which rows are in which split, and which blocks of rows in which shard.

Files are read once to plan, and once or twice more where values of a column decide; then once for
each split, however many shards there are. (Gzipped files are unpacked from the beginning for each
shard: large ones should be unpacked before.)
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict, dataclass
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.data_files.libraries import data_library
from huggingnersc.adapters.packing.assign_splits import divided_split
from huggingnersc.adapters.packing.pack_plan import PackPlan, PlannedShard
from huggingnersc.adapters.packing.plan_errors import empty_split, own_splits
from huggingnersc.adapters.packing.row_rules import columns_read, row_rule
from huggingnersc.adapters.packing.row_splits import row_hashes, split_numbers
from huggingnersc.adapters.packing.source_files import source_files
from huggingnersc.adapters.packing.table_kinds import table_reader
from huggingnersc.adapters.packing.table_scan import scan_tables
from huggingnersc.domain.packing.cuts import shard_lengths, shard_slices
from huggingnersc.domain.packing.features import card_features, features_text
from huggingnersc.domain.packing.layout import PackLayout
from huggingnersc.domain.packing.options import SourceKind
from huggingnersc.domain.packing.pack import ShardForm, shard_extension, shard_path
from huggingnersc.domain.packing.shard_job import job_bytes
from huggingnersc.domain.packing.split_report import KEYS_MODULUS, PlannedSplit
from huggingnersc.domain.packing.splits import ONE_SPLIT, hash_order, split_order
from huggingnersc.domain.packing.table_blocks import block_line
from huggingnersc.errors import PackingError
from huggingnersc.fixes import Message, Option

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from huggingnersc.adapters.packing.listing import SourceRoot
    from huggingnersc.adapters.packing.source_files import SourceFiles
    from huggingnersc.adapters.packing.table_scan import ScannedTables
    from huggingnersc.domain.packing.options import PackOptions
    from huggingnersc.domain.packing.table_blocks import RowRule, TableBlock

_MOST_BLOCK_BYTES, _LEAST_BLOCK_BYTES = 16 << 20, 64 << 10
_BLOCKS_OF_SHARD = 4  # at least, so that shards are of about the size that is asked for


@dataclass(frozen=True, slots=True)
class _SplitBlocks:
    """The blocks with rows of a split, in the order of the seed.

    Attributes:
        name: of the split.
        blocks: the numbers of the blocks.
        rows: how many of each belong to the split.
        sizes: about how many bytes these are.
        lengths: how many blocks each shard has.
    """

    name: str
    blocks: Sequence[int]
    rows: Sequence[int]
    sizes: Sequence[int]
    lengths: Sequence[int]


def planned_tables(source: SourceRoot, options: PackOptions) -> PackPlan:
    """Look at tables and plan their pack.

    Args:
        source: where they are.
        options: how rows are given to splits.

    Raises:
        SourceUnsuitableError: files cannot be read, or do not fit together; all are named.
        PackingError: there are no rows, or the options do not fit.
        InstallationError: a library that is needed is not installed.
    """
    if options.path_columns:
        raise PackingError(
            "The columns of tables are their own.",
            hint=Message("Leave out ", Option("path_columns"), "."),
        )
    block_bytes = max(
        _LEAST_BLOCK_BYTES, min(_MOST_BLOCK_BYTES, options.shard_size_bytes // _BLOCKS_OF_SHARD)
    )
    with source_files(source.path) as opened:
        tables = scan_tables(source, opened, block_bytes)
        divided = tables.of_split(_divided(source, tables, options))
        assigned = _Assigned(tables, divided, opened, options)
    splits = [assigned.blocks_of(number) for number in range(len(assigned.names))]
    settings = {
        "kind": SourceKind.TABLES.value,
        "type": tables.file_type.value,
        "settings": tables.settings,
        "features": features_text(tables.features),
        "splits": assigned.shared,
        "rule": asdict(assigned.rule) if assigned.rule else None,
        "seed": options.seed,
    }
    return PackPlan(
        options=options,
        layout=PackLayout(settings, card_features(tables.features)),
        splits=tuple(assigned.planned(one) for one in splits),
        left_out=tables.left_out,
        size_bytes=sum(sum(one.sizes) for one in splits),
        digest=_digest(tables),
        files=len(tables.files),
        newest_ns=tables.newest_ns,
        keys_sum=assigned.hashes_sum,
        shards=partial(_shards, splits, tables.blocks, settings),
    )


def _shards(
    splits: Sequence[_SplitBlocks], blocks: Sequence[TableBlock], settings: Mapping[str, Any]
) -> Iterator[PlannedShard]:
    extension = shard_extension(ShardForm.PARQUET)
    for split in splits:
        for number, own in enumerate(shard_slices(split.lengths)):
            path = shard_path(split.name, number, len(split.lengths), extension)
            lines = map(block_line, _in_reading_order(blocks, split.blocks[own]))
            job = job_bytes(path, split.name, settings, lines)
            yield PlannedShard(sum(split.rows[own]), sum(split.sizes[own]), job)


def _divided(source: SourceRoot, tables: ScannedTables, options: PackOptions) -> str | None:
    """Return the split of the source that shares divide; None where it has none, or keeps all.

    Raises:
        PackingError: the source has splits, and the shares name none or several of them.
    """
    names = sorted(set(tables.own_splits.values()), key=split_order)
    if not (names and options.split):
        return None
    divided = divided_split(names, options.shares)
    if divided is None:
        raise own_splits(source.path, names)
    return divided


class _Assigned:
    """The rows of each block that each split gets.

    Args:
        tables: all of them.
        divided: those whose rows are divided by shares, where shares are asked for.
        opened: where they are.
        options: with the shares.

    Attributes:
        names: of the splits: train, validation, test, others.
        rule: by which rows of the divided tables are given to splits; None where whole files are.
        shared: the splits that it gives rows to, in its order.
        hashes_sum: the sum of the hashes of all rows.
    """

    def __init__(
        self,
        tables: ScannedTables,
        divided: ScannedTables,
        opened: SourceFiles,
        options: PackOptions,
    ) -> None:
        self._tables, self._options = tables, options
        self._divided, self._divided_rows = frozenset(divided.blocks), divided.rows
        self.rule: RowRule | None = None
        self.hashes_sum = 0
        self.shared = [one.name for one in options.shares]
        own = tables.own_splits.values()
        self.names = sorted({*own, *self.shared} or {ONE_SPLIT}, key=split_order)
        if options.split:
            with closing(table_reader(tables.file_type, opened, tables.settings)) as reader:
                self.rule = row_rule(divided, reader, options)
                self._count(columns_read(tables, reader, self.rule, self._divided))
        else:
            self._count(None for _ in tables.blocks)

    def _count(self, columns: Iterable[Any]) -> None:
        pairs = zip(self._tables.blocks, columns, strict=True)
        self._counts = [self._counted(block, table) for block, table in pairs]

    def _counted(self, block: TableBlock, table: Any) -> list[int]:
        """Return how many rows of a block each split gets."""
        numpy = data_library("numpy", "table")
        hashes = row_hashes(self._options.seed, block.first_row, block.rows)
        self.hashes_sum += int(hashes.sum(dtype=numpy.uint64))
        self.hashes_sum %= KEYS_MODULUS
        if self.rule is not None and block in self._divided:
            numbers = split_numbers(self.rule, table, hashes)
            counts = numpy.bincount(numbers, minlength=len(self.shared)).tolist()
            given = dict(zip(self.shared, counts, strict=True))
            return [given.get(name, 0) for name in self.names]
        name = self._tables.own_splits.get(block.file.path, ONE_SPLIT)
        return [block.rows if one == name else 0 for one in self.names]

    def blocks_of(self, number: int) -> _SplitBlocks:
        """Return the blocks of a split and how they are cut into shards.

        Raises:
            PackingError: it has no rows.
        """
        order_of = hash_order(self._options.seed)
        held = [n for n, counts in enumerate(self._counts) if counts[number]]
        if not held:
            raise empty_split(self.names[number], self._tables.rows)
        held.sort(key=lambda block: (order_of(b"%d" % block), block))
        rows = [self._counts[block][number] for block in held]
        sizes = [
            self._tables.sizes[block] * count // self._tables.blocks[block].rows
            for block, count in zip(held, rows, strict=True)
        ]
        lengths = shard_lengths(sizes, self._options.shard_size_bytes)
        return _SplitBlocks(self.names[number], held, rows, sizes, lengths)

    def planned(self, split: _SplitBlocks) -> PlannedSplit:
        """Return what a split gets, for the report."""
        whole = self._divided_rows / self._tables.rows  # of which the shares are
        asked = {one.name: float(one.share) * whole for one in self._options.shares}
        rows = sum(split.rows)
        return PlannedSplit(
            name=split.name,
            samples=rows,
            size_bytes=sum(split.sizes),
            shards=len(split.lengths),
            units=rows,
            asked=asked.get(split.name),
            share=rows / self._tables.rows,
        )


def _in_reading_order(blocks: Sequence[TableBlock], numbers: Sequence[int]) -> list[TableBlock]:
    """Return blocks in the order in which a shard reads them: those of gzipped files in theirs."""
    if any(blocks[number].file.path.lower().endswith(b".gz") for number in numbers):
        numbers = sorted(numbers)
    return [blocks[number] for number in numbers]


def _digest(tables: ScannedTables) -> str:
    """Return the digest of what is packed, without the times of the files."""
    computed = sha256()
    for path, size_bytes, _, digest, _ in tables.files:
        computed.update(b"%b\0%d\0%b\n" % (path, size_bytes, digest))
    for block in tables.blocks:
        computed.update(b"%d\0%d\0%d\n" % (block.start, block.end, block.rows))
    return computed.hexdigest()
