from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.domain.packing.cuts import shard_lengths


@given(st.lists(st.integers(0, 100), max_size=80), st.integers(1, 300))
def test_shards_hold_every_sample_and_keep_to_the_limit(sizes: list[int], limit: int) -> None:
    lengths = shard_lengths(sizes, limit)
    assert sum(lengths) == len(sizes)
    begin = 0
    for length in lengths:
        assert length > 0
        assert length == 1 or sum(sizes[begin : begin + length]) <= limit
        begin += length


def test_shards_are_of_the_same_size_where_that_takes_no_more_of_them() -> None:
    assert shard_lengths([10] * 60, 500) == [30, 30]
    assert shard_lengths([1] * 4, 3) == [2, 2]
    assert shard_lengths([30, 10, 10, 10], 40) == [1, 3]
