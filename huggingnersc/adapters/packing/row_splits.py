"""Assign rows of tables to splits, by hashes of their numbers or of values in a column."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.data_files.libraries import data_library
from huggingnersc.domain.packing.table_blocks import WHOLE_TABLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from huggingnersc.domain.packing.table_blocks import RowRule

BEYOND = (1 << 64) - 1  # a cut that no hash reaches
_AT_ONCE = 1 << 20
_BUCKET_BITS = 16
_STEP, _FIRST, _SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


def row_hashes(seed: int, first_row: int, rows: int) -> Any:
    """Return a hash of each of some rows: different rows have different ones.

    Source: the generator SplitMix64 (Steele, Lea, Flood 2014), which maps the numbers from 0 to
    2**64 - 1 onto themselves.

    Args:
        seed: another one makes other hashes.
        first_row: the number of the first row.
        rows: how many.
    """
    numpy = data_library("numpy", "table")
    begin = int.from_bytes(sha256(b"%d" % seed).digest()[:8])
    numbers = numpy.arange(first_row, first_row + rows, dtype=numpy.uint64)
    mixed = numbers * numpy.uint64(_STEP) + numpy.uint64(begin)
    mixed = (mixed ^ (mixed >> numpy.uint64(30))) * numpy.uint64(_FIRST)
    mixed = (mixed ^ (mixed >> numpy.uint64(27))) * numpy.uint64(_SECOND)
    return mixed ^ (mixed >> numpy.uint64(31))


def value_hash(seed: int, value: str) -> int:
    """Return the hash of a value whose rows are kept together."""
    return int.from_bytes(sha256(b"%d\0%b" % (seed, value.encode())).digest()[:8])


def texts_of(table: Any, column: str) -> tuple[Any, list[str]]:
    """Return the values of a column as texts: a number for each row, and the text of each number.

    A missing value is an empty text.
    """
    arrow = data_library("pyarrow", "Parquet")
    values = table.column(column).combine_chunks().cast(arrow.string()).fill_null("")
    encoded = values.dictionary_encode()
    return encoded.indices.to_numpy(zero_copy_only=False), encoded.dictionary.to_pylist()


def split_numbers(rule: RowRule, table: Any, hashes: Any) -> Any:
    """Return the number of the split of each row.

    Args:
        rule: says it.
        table: of Arrow; only the columns of the rule are looked at.
        hashes: of the rows.
    """
    numpy = data_library("numpy", "table")
    if rule.keep_together:
        numbers, texts = texts_of(table, rule.keep_together)
        known = [value_hash(rule.seed, text) for text in texts]
        hashes = numpy.array(known, dtype=numpy.uint64)[numbers]
    if not rule.stratify_by:
        return _beyond(numpy, rule.cuts[WHOLE_TABLE], hashes)
    numbers, texts = texts_of(table, rule.stratify_by)
    cuts = numpy.array([rule.cuts[text] for text in texts], dtype=numpy.uint64)
    found = numpy.zeros(len(hashes), dtype=numpy.int64)
    for column in cuts.T:
        found += hashes >= column[numbers]
    return found


def _beyond(numpy: Any, cuts: Sequence[int], hashes: Any) -> Any:
    return numpy.searchsorted(numpy.array(cuts, dtype=numpy.uint64), hashes, side="right")


def cuts_of_hashes(hashes: Any, ends: Sequence[int]) -> list[int]:
    """Return the cuts that give each split the rows up to its end, in the order of the hashes.

    Args:
        hashes: of all rows of a stratum.
        ends: behind how many rows each split ends.
    """
    numpy = data_library("numpy", "table")
    inner = [end for end in ends[:-1] if end < len(hashes)]
    ordered = numpy.partition(hashes, inner) if inner else hashes
    return [int(ordered[end]) if end < len(hashes) else BEYOND for end in ends[:-1]]


def cuts_of_rows(seed: int, rows: Sequence[range], ends: Sequence[int]) -> list[int]:
    """Return the cuts that give each split its share of rows; memory is flat.

    Hashes are counted by their first bits; only those in the buckets of the cuts are sorted.

    Args:
        seed: of the hashes.
        rows: the numbers of the rows that are divided.
        ends: behind how many of these each split ends.
    """
    numpy = data_library("numpy", "table")
    shift = numpy.uint64(64 - _BUCKET_BITS)
    counts = numpy.zeros(1 << _BUCKET_BITS, dtype=numpy.int64)
    for hashes in _hashes_of(seed, rows):
        counts += numpy.bincount((hashes >> shift).astype(numpy.int64), minlength=len(counts))
    before = numpy.concatenate([[0], numpy.cumsum(counts)])
    inner = sorted({end for end in ends[:-1] if end < before[-1]})
    buckets = {end: int(numpy.searchsorted(before, end, side="right")) - 1 for end in inner}
    held = _held(numpy, seed, rows, sorted(set(buckets.values())), shift)
    cuts = {end: int(held[bucket][end - int(before[bucket])]) for end, bucket in buckets.items()}
    return [cuts.get(end, BEYOND) for end in ends[:-1]]


def _hashes_of(seed: int, rows: Sequence[range]) -> Iterator[Any]:
    for part in rows:
        for begin in range(part.start, part.stop, _AT_ONCE):
            yield row_hashes(seed, begin, min(_AT_ONCE, part.stop - begin))


def _held(
    numpy: Any, seed: int, rows: Sequence[range], buckets: Sequence[int], shift: Any
) -> dict[int, Any]:
    """Return the hashes in some buckets, in order."""
    found: dict[int, list[Any]] = {bucket: [] for bucket in buckets}
    for hashes in _hashes_of(seed, rows if buckets else ()):
        of = (hashes >> shift).astype(numpy.int64)
        for bucket in buckets:
            found[bucket].append(hashes[of == bucket])
    return {bucket: numpy.sort(numpy.concatenate(parts)) for bucket, parts in found.items()}
