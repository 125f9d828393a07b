"""Plan a pack: which samples are in which shard of which split."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from huggingnersc.adapters.packing.assign_splits import (
    NOWHERE,
    divided_split,
    splits_by_share,
    splits_of_source,
    splits_within,
)
from huggingnersc.adapters.packing.listing import layouter_of, reader_of
from huggingnersc.adapters.packing.plan_errors import empty_split, own_splits
from huggingnersc.adapters.packing.sample_rows import SampleRows, line_of
from huggingnersc.adapters.packing.split_folders import SplitFolders
from huggingnersc.domain.packing.cuts import shard_lengths
from huggingnersc.domain.packing.options import ShareUnit
from huggingnersc.domain.packing.pack import Compress, ShardForm, shard_extension, shard_path
from huggingnersc.domain.packing.shard_job import job_bytes
from huggingnersc.domain.packing.split_report import KEYS_MODULUS, PlannedSplit
from huggingnersc.domain.packing.splits import hash_order
from huggingnersc.domain.packing.tar_header import BLOCK_BYTES
from huggingnersc.domain.text.terminal import visible
from huggingnersc.errors import PackingError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from huggingnersc.adapters.packing.assign_splits import SampleSplits
    from huggingnersc.adapters.packing.listing import SourceListing, SourceRoot
    from huggingnersc.domain.packing.layout import PackLayout
    from huggingnersc.domain.packing.options import PackOptions, SourceKind
    from huggingnersc.domain.packing.sample import SamplePart

OUTSIDE = "outside the folders of the splits"


@dataclass(frozen=True, slots=True)
class PlannedShard:
    """A shard in the plan.

    Attributes:
        path: below the pack.
        samples: how many it holds.
        size_bytes: about how large it will be.
        job: its work list.
    """

    path: str
    samples: int
    size_bytes: int
    job: bytes


@dataclass(frozen=True, slots=True)
class PackPlan:
    """Which samples are in which shard.

    Attributes:
        options: as given, with the form that was chosen.
        kind: of the source.
        layout: of the shards.
        splits: what each gets: train, validation, test, others.
        left_out: how many files are no part of a sample, by reason.
        size_bytes: about how large all shards will be.
        samples: all of them, for their numbers and sums.
        keys_sum: the sum of the hashes of the keys that are in a split.
    """

    options: PackOptions
    kind: SourceKind
    layout: PackLayout
    splits: tuple[PlannedSplit, ...]
    left_out: Mapping[str, int]
    size_bytes: int
    samples: SampleRows
    keys_sum: int
    _splits: SampleSplits
    _lengths: tuple[tuple[int, ...], ...]

    @property
    def digest(self) -> str:
        """The SHA-256 of what is packed."""
        return self.samples.digest

    @property
    def files(self) -> int:
        """How many files the samples are, or are records of."""
        return self.samples.files

    @property
    def newest_ns(self) -> int:
        """When a file was changed last."""
        return self.samples.newest_ns

    def shards(self) -> Iterator[PlannedShard]:
        """Yield the shards with their work lists, in the order of the pack."""
        settings = self.layout.settings
        form, compress = ShardForm(self.options.form), Compress(self.options.compress)
        lines = _lines_by_split(self.samples, self._splits)
        costs = _costs_by_split(self.samples, self._splits)
        for split, lengths in zip(self.splits, self._lengths, strict=True):
            own, begin = next(lines), 0
            own_costs = next(costs)
            for number, length in enumerate(lengths):
                path = shard_path(
                    split.name, number, len(lengths), shard_extension(form, compress)
                )
                job = job_bytes(path, split.name, settings, islice(own, length))
                size = sum(own_costs[begin : begin + length])
                begin += length
                yield PlannedShard(path, length, size, job)


def planned(source: SourceRoot, kind: SourceKind, options: PackOptions) -> PackPlan:
    """Look at a source and plan its pack.

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
    samples = SampleRows(folders.seen(listing.parts), hash_order(options.seed), cost_of)
    shown = visible(str(source.path))
    if not samples.costs:
        raise PackingError(f"{shown} has no samples.", hint=_left_out_words(listing.left_out))
    splits = _splits(source, samples, folders, options)
    layout = layouter_of(form)(source.path, samples, listing, options)
    return _plan(samples, splits, listing, layout, options)


def _splits(
    source: SourceRoot, samples: SampleRows, folders: SplitFolders, options: PackOptions
) -> SampleSplits:
    """Return the splits of samples: those of the source, by shares, or one of them divided.

    Raises:
        PackingError: the source has splits, and the shares name none or several of them.
    """
    if options.split and not folders.has_splits:
        return splits_by_share(samples, options)
    own = splits_of_source(samples, folders.level)
    if not options.split:
        return own
    if divided_split(own.names, options.shares) is None:
        raise own_splits(source.path, own.names, can_divide=True)
    return splits_within(samples, own, options)


def _plan(
    samples: SampleRows,
    splits: SampleSplits,
    listing: SourceListing,
    layout: PackLayout,
    options: PackOptions,
) -> PackPlan:
    costs = [*_costs_by_split(samples, splits)]
    lengths = [tuple(shard_lengths(one, options.shard_size_bytes)) for one in costs]
    outside = sum(1 for split in splits.of if split == NOWHERE)
    return PackPlan(
        options=options,
        kind=listing.kind,
        layout=layout,
        splits=tuple(_planned_splits(samples, splits, lengths, options)),
        left_out={**listing.left_out, **({OUTSIDE: outside} if outside else {})},
        size_bytes=sum(map(sum, costs)),
        samples=samples,
        keys_sum=_keys_sum(samples, splits),
        _splits=splits,
        _lengths=tuple(lengths),
    )


def _planned_splits(
    samples: SampleRows,
    splits: SampleSplits,
    lengths: list[tuple[int, ...]],
    options: PackOptions,
) -> Iterator[PlannedSplit]:
    counts, sizes = [0] * len(splits.names), [0] * len(splits.names)
    for split, size in zip(splits.of, samples.sizes, strict=True):
        if split != NOWHERE:
            counts[split] += 1
            sizes[split] += size
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


def _lines_by_split(samples: SampleRows, splits: SampleSplits) -> Iterator[Iterator[bytes]]:
    """Yield the lines of the work list, split after split."""
    if all(
        one <= other for one, other in zip(splits.of, islice(splits.of, 1, None), strict=False)
    ):
        lines = map(line_of, samples)
        for _ in splits.names:
            yield lines
        return
    for number in range(len(splits.names)):
        yield _lines_of(samples, splits.of, number)


def _lines_of(samples: SampleRows, splits: Iterable[int], number: int) -> Iterator[bytes]:
    return (line_of(rows) for rows, split in zip(samples, splits, strict=True) if split == number)


def _costs_by_split(samples: SampleRows, splits: SampleSplits) -> Iterator[array[int]]:
    for number in range(len(splits.names)):
        pairs = zip(samples.costs, splits.of, strict=True)
        yield array("q", (cost for cost, split in pairs if split == number))


def _keys_sum(samples: SampleRows, splits: SampleSplits) -> int:
    pairs = zip(samples.orders, splits.of, strict=True)
    return sum(order for order, split in pairs if split != NOWHERE) % KEYS_MODULUS


def _tar_cost(part: SamplePart) -> int:
    return 2 * BLOCK_BYTES + part.size_bytes - (part.size_bytes % BLOCK_BYTES or BLOCK_BYTES)


def _own_cost(part: SamplePart) -> int:
    return part.size_bytes if part.share_bytes is None else part.share_bytes


def _left_out_words(left_out: Mapping[str, int]) -> str | None:
    words = (f"{count:,} left out: {reason}" for reason, count in sorted(left_out.items()))
    return "; ".join(words) or None
