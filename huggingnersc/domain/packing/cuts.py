"""Where a split is cut into shards."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


def shard_lengths(sizes: Sequence[int], limit_bytes: int) -> list[int]:
    """Return how many samples each shard of a split gets.

    No shard is larger than the limit, unless it is one sample. Shards are of about the same size
    where that takes no more of them.

    Args:
        sizes: of the samples in their order, in bytes.
        limit_bytes: of a shard.
    """
    filled = [*_filled(sizes, limit_bytes)]
    balanced = [*_balanced(sizes, len(filled))]
    return balanced if _fits(sizes, balanced, limit_bytes) else filled


def _filled(sizes: Iterable[int], limit_bytes: int) -> Iterator[int]:
    """Yield the lengths of shards that are filled one after the other."""
    count = total = 0
    for size in sizes:
        if count and total + size > limit_bytes:
            yield count
            count = total = 0
        count += 1
        total += size
    if count:
        yield count


def _balanced(sizes: Sequence[int], shards: int) -> Iterator[int]:
    """Yield the lengths of shards whose ends are as near as may be to equal shares."""
    total, before, shard, count = sum(sizes), 0, 1, 0
    for size in sizes:
        if count and shard < shards and (2 * before + size) * shards >= 2 * total * shard:
            yield count
            count = 0
            shard += 1
        count += 1
        before += size
    if count:
        yield count


def _fits(sizes: Sequence[int], lengths: list[int], limit_bytes: int) -> bool:
    begin = 0
    for length in lengths:
        if length > 1 and sum(sizes[begin : begin + length]) > limit_bytes:
            return False
        begin += length
    return True
