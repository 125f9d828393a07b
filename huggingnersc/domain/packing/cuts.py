"""Where a split is cut into shards."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


def shard_lengths(sizes: Iterable[int], limit_bytes: int) -> list[int]:
    """Return how many samples each shard of a split gets.

    No shard is larger than the limit, unless it is one sample. Shards are of about the same size
    where that takes no more of them.

    Args:
        sizes: of the samples in their order, in bytes.
        limit_bytes: of a shard.
    """
    before = array("q", accumulate(sizes, initial=0))
    filled = [0, *_filled(before, limit_bytes)]
    balanced = [0, *_balanced(before, len(filled) - 1)]
    ends = balanced if _fits(before, balanced, limit_bytes) else filled
    return [end - begin for begin, end in pairwise(ends)]


def shard_slices(lengths: Sequence[int]) -> list[slice]:
    """Return which samples of a split each shard holds, by how many it gets."""
    return [slice(begin, end) for begin, end in pairwise(accumulate(lengths, initial=0))]


def _filled(before: Sequence[int], limit_bytes: int) -> Iterator[int]:
    """Yield behind which samples shards end that are filled one after the other.

    Args:
        before: the size of all samples before each, and of all.
        limit_bytes: of a shard.
    """
    end, count = 0, len(before) - 1
    while end < count:
        end = max(end + 1, bisect_right(before, before[end] + limit_bytes) - 1)
        yield end


def _balanced(before: Sequence[int], shards: int) -> Iterator[int]:
    """Yield behind which samples shards end that are as near as may be to equal shares."""
    end, count = 0, len(before) - 1
    for shard in range(1, shards):
        share = 2 * before[-1] * shard  # held against the middle of each sample
        end = bisect_left(
            range(count),
            share,
            lo=end + 1,
            key=lambda at: (before[at] + before[at + 1]) * shards,
        )
        if end >= count:
            break
        yield end
    if count:
        yield count


def _fits(before: Sequence[int], ends: Sequence[int], limit_bytes: int) -> bool:
    sizes = ((end - begin, before[end] - before[begin]) for begin, end in pairwise(ends))
    return all(count == 1 or size <= limit_bytes for count, size in sizes)
