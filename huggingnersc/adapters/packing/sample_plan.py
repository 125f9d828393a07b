"""Plan a pack of files or of their records: which are in which shard of which split."""

from __future__ import annotations

from array import array
from dataclasses import replace
from functools import partial
from itertools import compress, islice
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.packing.assign_splits import (
    NOWHERE,
    divided_split,
    one_split,
    splits_by_share,
    splits_of_source,
    splits_within,
)
from huggingnersc.adapters.packing.listing import layouter_of, reader_of
from huggingnersc.adapters.packing.pack_plan import PackPlan, PlannedShard
from huggingnersc.adapters.packing.plan_errors import empty_split, own_splits
from huggingnersc.adapters.packing.sample_rows import SampleRows
from huggingnersc.adapters.packing.split_folders import SplitFolders
from huggingnersc.domain.packing.cuts import shard_lengths, shard_slices
from huggingnersc.domain.packing.options import ShareUnit
from huggingnersc.domain.packing.pack import Compress, ShardForm, shard_extension, shard_path
from huggingnersc.domain.packing.shard_job import job_bytes
from huggingnersc.domain.packing.split_report import KEYS_MODULUS, PlannedSplit
from huggingnersc.domain.packing.splits import hash_order
from huggingnersc.domain.packing.tar_header import BLOCK_BYTES, padding
from huggingnersc.domain.text.terminal import visible
from huggingnersc.errors import PackingError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from huggingnersc.adapters.packing.assign_splits import SampleSplits
    from huggingnersc.adapters.packing.listing import SourceListing, SourceRoot
    from huggingnersc.adapters.packing.sample_rows import PartRow
    from huggingnersc.domain.packing.layout import PackLayout
    from huggingnersc.domain.packing.options import PackOptions, SourceKind

OUTSIDE = "outside the folders of the splits"


def planned_samples(source: SourceRoot, kind: SourceKind, options: PackOptions) -> PackPlan:
    """Look at files, or records of files, and plan their pack.

    Args:
        source: where it is.
        kind: what it holds.
        options: their form is chosen.

    Raises:
        SourceUnsuitableError: it cannot be packed as it is; every reason is reported.
        PackingError: it cannot be read, has no samples, or has splits of its own where others
            are asked for.
    """
    form = ShardForm(options.form)
    listing = reader_of(kind)(source, options, form)
    folders = SplitFolders()
    cost_of = _tar_cost if form is ShardForm.WEBDATASET else _own_cost
    layouter = layouter_of(form)(source.path, listing, options)
    parts = folders.seen(listing.parts)
    samples = SampleRows(parts, hash_order(options.seed), cost_of, layouter.add)
    shown = visible(str(source.path))
    if not samples.costs:
        raise PackingError(f"{shown} has no samples.", hint=_left_out_words(listing.left_out))
    splits = _splits(source, samples, folders, options)
    return _plan(samples, splits, listing, layouter.layout(), options)


def _splits(
    source: SourceRoot, samples: SampleRows, folders: SplitFolders, options: PackOptions
) -> SampleSplits:
    """Return the splits of samples: those of the source, by shares, or one of them divided.

    Raises:
        PackingError: the source has splits, and the shares name none or several of them.
    """
    if not folders.has_splits:
        return splits_by_share(samples, options) if options.split else one_split(samples)
    own = splits_of_source(samples, folders.level)
    if not options.split:
        return own
    if divided_split(own.names, options.shares) is None:
        raise own_splits(source.path, own.names)
    return splits_within(samples, own, options)


def _plan(
    samples: SampleRows,
    splits: SampleSplits,
    listing: SourceListing,
    layout: PackLayout,
    options: PackOptions,
) -> PackPlan:
    costs = [*_costs_by_split(samples, splits)]
    lengths = [shard_lengths(one, options.shard_size_bytes) for one in costs]
    outside = splits.of.count(NOWHERE)
    return PackPlan(
        options=options,
        layout=replace(layout, warnings=(*layout.warnings, *listing.warnings)),
        splits=tuple(_planned_splits(samples, splits, lengths, options)),
        left_out={**listing.left_out, **({OUTSIDE: outside} if outside else {})},
        size_bytes=sum(map(sum, costs)),
        digest=samples.digest,
        files=samples.files,
        newest_ns=samples.newest_ns,
        keys_sum=sum(compress(samples.orders, map(NOWHERE.__ne__, splits.of))) % KEYS_MODULUS,
        shards=partial(_shards, samples, splits, lengths, layout.settings, options),
    )


def _shards(
    samples: SampleRows,
    splits: SampleSplits,
    lengths: list[list[int]],
    settings: Mapping[str, Any],
    options: PackOptions,
) -> Iterator[PlannedShard]:
    """Yield the shards of all splits; the lines of a split are read as they are taken."""
    extension = shard_extension(ShardForm(options.form), Compress(options.compress))
    for number, costs in enumerate(_costs_by_split(samples, splits)):
        name, lines = splits.names[number], samples.lines(splits.holds(number))
        for shard, own in enumerate(shard_slices(lengths[number])):
            path = shard_path(name, shard, len(lengths[number]), extension)
            job = job_bytes(path, name, settings, islice(lines, own.stop - own.start))
            yield PlannedShard(own.stop - own.start, sum(costs[own]), job)


def _planned_splits(
    samples: SampleRows,
    splits: SampleSplits,
    lengths: list[list[int]],
    options: PackOptions,
) -> Iterator[PlannedSplit]:
    numbers = range(len(splits.names))
    counts = [*map(splits.of.count, numbers)]
    sizes = [sum(compress(samples.sizes, splits.holds(number))) for number in numbers]
    of = sizes if options.by == ShareUnit.BYTES else counts
    asked = {one.name: float(one.share) for one in options.shares}
    given = sum(count for count, name in zip(of, splits.names, strict=True) if name in asked)
    divided = given / (sum(of) or 1)  # all of the source, or one of its splits
    for number, name in enumerate(splits.names):
        if not counts[number]:
            raise empty_split(name, len(samples.costs))
        yield PlannedSplit(
            name=name,
            samples=counts[number],
            size_bytes=sizes[number],
            shards=len(lengths[number]),
            units=splits.units[number],
            asked=asked[name] * divided if name in asked else None,
            share=of[number] / (sum(of) or 1),
        )


def _costs_by_split(samples: SampleRows, splits: SampleSplits) -> Iterator[array[int]]:
    for number in range(len(splits.names)):
        yield array("q", compress(samples.costs, splits.holds(number)))


def _tar_cost(part: PartRow) -> int:
    return BLOCK_BYTES + part.size_bytes + padding(part.size_bytes)


def _own_cost(part: PartRow) -> int:
    return part.size_bytes if part.share_bytes < 0 else part.share_bytes


def _left_out_words(left_out: Mapping[str, int]) -> str | None:
    words = (f"{count:,} left out: {reason}" for reason, count in sorted(left_out.items()))
    return "; ".join(words) or None
