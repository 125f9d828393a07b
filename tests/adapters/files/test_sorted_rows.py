"""Rows that do not fit into memory come back in order, as often as they are asked for."""

from __future__ import annotations

import random

import pytest

from huggingnersc.adapters.files.sorted_rows import SortedRows


@pytest.mark.parametrize("count", [0, 10, 100_003])
def test_rows_come_in_order_and_again(count: int) -> None:
    order = random.Random(count)  # noqa: S311 - no secret
    numbers = [order.randrange(10**6) for _ in range(count)]
    rows = SortedRows((b"%d" % number, number) for number in numbers)
    expected = sorted((b"%d" % number, number) for number in numbers)
    assert list(rows) == expected
    assert list(rows) == expected


def test_rows_may_be_read_when_only_their_iterator_is_kept() -> None:
    count = 60_000
    rows = iter(SortedRows((number,) for number in reversed(range(count))))
    assert all(row == (number,) for number, row in enumerate(rows))
