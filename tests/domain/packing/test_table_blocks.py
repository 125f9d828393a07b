from __future__ import annotations

from huggingnersc.domain.packing.sample import ListedPart
from huggingnersc.domain.packing.table_blocks import TableBlock, row_ranges


def test_blocks_that_follow_one_another_are_one_range_of_rows() -> None:
    file = ListedPart(b"a.csv", 1, 1, b"-", -1)
    blocks = [TableBlock(file, 0, 1, first, rows) for first, rows in ((0, 3), (3, 2), (7, 1))]
    assert row_ranges(blocks) == [range(5), range(7, 8)]
    assert row_ranges(()) == []
