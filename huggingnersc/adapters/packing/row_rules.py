"""Decide by which rule rows of tables are given to splits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.data_files.libraries import data_library
from huggingnersc.adapters.packing.row_splits import (
    BEYOND,
    cuts_of_hashes,
    cuts_of_rows,
    row_hashes,
    texts_of,
    value_hash,
)
from huggingnersc.domain.packing.options import ShareUnit
from huggingnersc.domain.packing.splits import ShareCutter
from huggingnersc.domain.packing.table_blocks import WHOLE_TABLE, RowRule, row_ranges
from huggingnersc.errors import PackingError
from huggingnersc.fixes import Message, Option

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from huggingnersc.adapters.packing.table_kinds import TableReader
    from huggingnersc.adapters.packing.table_scan import ScannedTables
    from huggingnersc.domain.packing.options import PackOptions
    from huggingnersc.domain.packing.table_blocks import TableBlock

_MOST_STRATA = 10_000
_MOST_UNITS = 5_000_000


def row_rule(tables: ScannedTables, reader: TableReader, options: PackOptions) -> RowRule:
    """Return the rule that gives each split its share of the rows of tables.

    Nothing is read, unless the values of a column decide. Then memory is taken: 8 bytes for each
    row to stratify, about 100 for each value whose rows are kept together.

    Raises:
        PackingError: the options do not fit to the table.
    """
    _require_fitting(tables, options)
    stratum, unit = options.stratify_by, options.keep_together
    cutter = ShareCutter(options.shares)
    if unit:
        cuts = {WHOLE_TABLE: _unit_cuts(tables, reader, unit, cutter, options.seed)}
    elif stratum:
        found = _hashes_by_value(tables, reader, stratum, options.seed)
        cuts = {
            text: cuts_of_hashes(hashes, cutter.equal_ends(len(hashes)))
            for text, hashes in sorted(found.items())
        }
    else:
        ends = cutter.equal_ends(tables.rows)
        cuts = {WHOLE_TABLE: cuts_of_rows(options.seed, row_ranges(tables.blocks), ends)}
    return RowRule(options.seed, stratum, unit, cuts)


def _hashes_by_value(
    tables: ScannedTables, reader: TableReader, column: str, seed: int
) -> dict[str, Any]:
    numpy = data_library("numpy", "table")
    found: dict[str, list[Any]] = {}
    for block in tables.blocks:
        hashes = row_hashes(seed, block.first_row, block.rows)
        numbers, texts = texts_of(reader.read(block, tables.features, [column]), column)
        ordered = numpy.argsort(numbers, kind="stable")
        ends = numpy.cumsum(numpy.bincount(numbers, minlength=len(texts)))
        parts = numpy.split(hashes[ordered], ends[:-1])
        for text, part in zip(texts, parts, strict=True):
            found.setdefault(text, []).append(part)
        if len(found) > _MOST_STRATA:
            raise PackingError(
                f"The column {column!r} has more than {_MOST_STRATA:,} different values, too many "
                "to keep the proportions of.",
                hint=Message("Name another column, or leave out ", Option("stratify_by"), "."),
            )
    return {text: numpy.concatenate(parts) for text, parts in found.items()}


def _unit_cuts(
    tables: ScannedTables, reader: TableReader, column: str, cutter: ShareCutter, seed: int
) -> list[int]:
    numpy = data_library("numpy", "table")
    counts: dict[int, int] = {}
    for block in tables.blocks:
        numbers, texts = texts_of(reader.read(block, tables.features, [column]), column)
        for text, count in zip(texts, numpy.bincount(numbers).tolist(), strict=True):
            key = value_hash(seed, text)
            counts[key] = counts.get(key, 0) + count
        if len(counts) > _MOST_UNITS:
            raise PackingError(
                f"The column {column!r} has more than {_MOST_UNITS:,} different values.",
                hint=Message("Name another column, or leave out ", Option("keep_together"), "."),
            )
    ordered = sorted(counts)
    ends = cutter.ends([counts[key] for key in ordered])
    return [ordered[end] if end < len(ordered) else BEYOND for end in ends[:-1]]


def _require_fitting(tables: ScannedTables, options: PackOptions) -> None:
    columns = {"stratify_by": options.stratify_by, "keep_together": options.keep_together}
    for name, column in columns.items():
        if column and column not in tables.features:
            known = ", ".join([*tables.features][:20])
            raise PackingError(
                f"The tables have no column {column!r}.",
                hint=Message("Give one of these to ", Option(name), f": {known}"),
            )
    if all(columns.values()):
        raise PackingError(
            "The rows of a value cannot be kept together where proportions are kept as well.",
            hint=Message("Leave out ", Option("stratify_by"), "."),
        )
    if options.by == ShareUnit.BYTES:
        raise PackingError(
            "The shares of rows are counted.", hint=Message("Leave out ", Option("by"), ".")
        )


def columns_read(
    tables: ScannedTables, reader: TableReader, rule: RowRule, divided: Container[TableBlock]
) -> Iterator[Any]:
    """Yield for each block the values that the rule needs; None where it needs none.

    Args:
        tables: all of them.
        reader: of their files.
        rule: by which some rows are given to splits.
        divided: the blocks of these rows.
    """
    for block in tables.blocks:
        is_read = rule.columns and block in divided
        yield reader.read(block, tables.features, rule.columns) if is_read else None
