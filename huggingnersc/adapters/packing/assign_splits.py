"""Assign samples to splits: by shares that were asked for, or as the source has them."""

from __future__ import annotations

import os
from array import array
from collections import Counter
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from huggingnersc.adapters.files.sorted_rows import SortedRows
from huggingnersc.domain.packing.options import ShareUnit
from huggingnersc.domain.packing.splits import (
    ONE_SPLIT,
    SPLIT_OF_FOLDER,
    ShareCutter,
    hash_order,
    split_order,
)
from huggingnersc.domain.text.terminal import visible
from huggingnersc.errors import PackingError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from huggingnersc.adapters.files.sorted_rows import Row
    from huggingnersc.adapters.packing.sample_rows import PartRow, SampleRows
    from huggingnersc.domain.packing.options import PackOptions
    from huggingnersc.domain.packing.splits import SplitShare

NOWHERE = 0xFFFF  # the split of a sample that is in none of the source's


class SampleSplits:
    """The splits of samples.

    Attributes:
        names: of the splits: train, validation, test, others.
        of: the number of the split of each sample, in the order of the seed, or `NOWHERE`.
        units: how many units each split has, by its number.
    """

    def __init__(self, names: list[str], of: array[int], units: Counter[int]) -> None:
        self.names, self.of, self.units = names, of, units

    def holds(self, number: int) -> Iterator[bool]:
        """Return for each sample whether it is in a split, in the order of the seed."""
        return map(number.__eq__, self.of)


def one_split(samples: SampleRows) -> SampleSplits:
    """Return the splits where all samples are in one."""
    count = len(samples.costs)
    return SampleSplits([ONE_SPLIT], array("H", bytes(2 * count)), Counter({0: count}))


def splits_of_source(samples: SampleRows, level: int | None) -> SampleSplits:
    """Return the splits that a source has.

    Args:
        samples: of the source.
        level: how deep the folders are that name splits; None where the samples name them.
    """
    found, of = dict[str, int](), array("H")
    for rows in samples:
        name = _named(rows[0], level)
        of.append(NOWHERE if name is None else found.setdefault(name, len(found)))
    names = sorted(found, key=split_order)
    numbers = [names.index(name) for name in found]
    ordered = array("H", (one if one == NOWHERE else numbers[one] for one in of))
    return SampleSplits(names, ordered, Counter(ordered))


def _named(row: PartRow, level: int | None) -> str | None:
    """Return the split that the source says a sample belongs to; None where it is in none."""
    if row.split:
        return row.split.decode()
    if level is None:
        return ONE_SPLIT
    names = row.path.split(b"/")
    folder = names[level].lower() if level < len(names) - 1 else b""
    return SPLIT_OF_FOLDER.get(folder)


def splits_by_share(
    samples: SampleRows, options: PackOptions, among: Sequence[int] | None = None
) -> SampleSplits:
    """Return the splits of samples by the shares that were asked for.

    Args:
        samples: of the source.
        options: with the shares.
        among: for each sample whether it is divided; all are when None. The splits of others mean
            nothing.
    """
    shares = options.shares
    of, units = array("H", bytes(2 * len(samples.costs))), Counter[int]()
    cutter = ShareCutter(shares)
    is_plain = options.by == ShareUnit.COUNT and not (options.stratify_by or options.keep_together)
    if is_plain and among is None:
        _assign(cutter.ends(array("q", [1]) * len(of)), range(len(of)), of, units)
    else:
        for _, rows in groupby(_unit_rows(samples, options, among), itemgetter(0)):
            stratum = _Stratum(rows)
            _assign(cutter.ends(stratum.weights), stratum.unit_of, of, units, stratum.samples)
    return SampleSplits([one.name for one in shares], of, units)


def divided_split(own: Iterable[str], shares: Sequence[SplitShare]) -> str | None:
    """Return the one split of a source that shares divide; None where they do not name one.

    Args:
        own: the splits of the source.
        shares: of the splits that are asked for: one of the source's own, and new ones.
    """
    asked = {one.name for one in shares}
    named = [name for name in own if name in asked]
    return named[0] if len(named) == 1 else None


def splits_within(samples: SampleRows, own: SampleSplits, options: PackOptions) -> SampleSplits:
    """Return the splits of a source of which one is divided by the shares that were asked for.

    Args:
        samples: of the source.
        own: its splits, one of which `divided_split` names.
        options: with the shares.
    """
    part = own.names.index(str(divided_split(own.names, options.shares)))
    among = array("B", (split == part for split in own.of))
    inner = splits_by_share(samples, options, among)
    names = sorted({*own.names, *inner.names}, key=split_order)
    kept, new = ([names.index(one) for one in splits.names] for splits in (own, inner))
    of = array("H", own.of)
    for number, split in enumerate(own.of):
        if split != NOWHERE:
            of[number] = new[inner.of[number]] if among[number] else kept[split]
    units = Counter({kept[split]: own.units[split] for split in range(len(kept)) if split != part})
    units.update({new[split]: inner.units[split] for split in range(len(new))})
    return SampleSplits(names, of, units)


class _Stratum:
    """The units of a stratum in the order of the seed.

    Attributes:
        weights: of the units.
        unit_of: the number of the unit of each sample.
        samples: the numbers of these samples in the source.
    """

    def __init__(self, rows: Iterable[Row]) -> None:
        self.weights, self.unit_of, self.samples = array("q"), array("I"), array("I")
        last: bytes | int | None = None
        for _, _, unit, sample, weight in rows:
            if unit != last:
                self.weights.append(0)
                last = unit
            self.weights[-1] += int(weight)
            self.unit_of.append(len(self.weights) - 1)
            self.samples.append(int(sample))


def _assign(
    ends: Sequence[int],
    unit_of: Sequence[int],
    of: array[int],
    units: Counter[int],
    samples: Sequence[int] | None = None,
) -> None:
    """Set the splits of samples by those of their units, which end at `ends`."""
    split_of = array("H")
    for number, (begin, end) in enumerate(zip((0, *ends), ends, strict=False)):
        split_of.extend(array("H", [number]) * (end - begin))
        units[number] += end - begin
    if samples is None:
        of[:] = split_of
        return
    for sample, unit in zip(samples, unit_of, strict=True):
        of[sample] = split_of[unit]


def _unit_rows(
    samples: SampleRows, options: PackOptions, among: Sequence[int] | None
) -> SortedRows:
    """Return (stratum, order of the unit, unit, number of the sample, weight) for each sample.

    Where samples of several strata are kept together, all of these are their stratum.
    """
    rows = _rows_of_units(samples, options, among)
    if not (options.keep_together and options.stratify_by):
        return SortedRows(rows)
    by_unit = SortedRows(
        (unit, stratum, order, number, weight) for stratum, order, unit, number, weight in rows
    )
    return SortedRows(_with_joint_strata(by_unit))


def _with_joint_strata(by_unit: SortedRows) -> Iterator[Row]:
    pairs = zip(groupby(by_unit, itemgetter(0)), groupby(by_unit, itemgetter(0)), strict=True)
    for (_, rows), (_, again) in pairs:
        joint = b"\0".join(dict.fromkeys(bytes(row[1]) for row in rows))  # they are sorted
        for unit, _, order, number, weight in again:
            yield joint, order, unit, number, weight


def _torn(row: PartRow) -> PackingError:
    key = visible(os.fsdecode(row.key))
    return PackingError(
        f"--keep-together finds different words in the files of the sample {key}.",
        hint="Change it, or --group-by, so that the files of a sample are kept together.",
    )


def _rows_of_units(
    samples: SampleRows, options: PackOptions, among: Sequence[int] | None
) -> Iterator[Row]:
    order_of = hash_order(options.seed)
    is_by_bytes = options.by == ShareUnit.BYTES
    for number, rows in enumerate(samples):
        if among is not None and not among[number]:
            continue
        first = rows[0]
        unit, order = first.key, first.order
        if options.keep_together:
            unit, order = first.together, order_of(first.together)
            if any(row.together != unit for row in rows):
                raise _torn(first)
        weight = samples.sizes[number] if is_by_bytes else 1
        yield (first.stratum if options.stratify_by else b""), order, unit, number, weight
