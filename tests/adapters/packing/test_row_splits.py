"""Rows of tables and their splits."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huggingnersc.adapters.packing.row_splits import (
    cuts_of_hashes,
    cuts_of_rows,
    row_hashes,
    split_numbers,
)
from huggingnersc.domain.packing.splits import ShareCutter, parse_shares
from huggingnersc.domain.packing.table_blocks import WHOLE_TABLE, RowRule
from tests.data_files import DATA_EXTRA

numpy = pytest.importorskip("numpy", reason=DATA_EXTRA)
arrow = pytest.importorskip("pyarrow", reason=DATA_EXTRA)
_SHARES = parse_shares("train=0.75,validation=0.15,test=0.1")


@settings(max_examples=40)
@given(rows=st.integers(1, 3000), seed=st.integers(0, 9), parts=st.integers(1, 7))
def test_each_split_gets_its_share_however_rows_are_read(rows: int, seed: int, parts: int) -> None:
    ends = ShareCutter(_SHARES).equal_ends(rows)
    cuts = cuts_of_rows(seed, [range(rows)], ends)
    whole = row_hashes(seed, 0, rows)
    assert cuts == cuts_of_hashes(whole, ends)
    assert len(numpy.unique(whole)) == rows
    rule = RowRule(seed, "", "", {WHOLE_TABLE: cuts})
    begins = range(0, rows, max(1, rows // parts))
    found = numpy.concatenate(
        [
            split_numbers(rule, None, row_hashes(seed, begin, min(begins.step, rows - begin)))
            for begin in begins
        ]
    )
    counts = numpy.bincount(found, minlength=3).tolist()
    assert counts == [ends[0], ends[1] - ends[0], ends[2] - ends[1]]
    assert all(
        abs(count - rows * one.share) < 1 for count, one in zip(counts, _SHARES, strict=True)
    )


@settings(max_examples=40)
@given(before=st.integers(1, 900), skipped=st.integers(0, 90), after=st.integers(0, 900))
def test_rows_that_are_not_divided_count_in_no_share(
    before: int, skipped: int, after: int
) -> None:
    ends = ShareCutter(_SHARES).equal_ends(before + after)
    rows = [range(before), range(before + skipped, before + skipped + after)]
    hashes = [row_hashes(5, part.start, len(part)) for part in rows]
    assert cuts_of_rows(5, rows, ends) == cuts_of_hashes(numpy.concatenate(hashes), ends)


def test_values_that_are_kept_together_are_in_one_split() -> None:
    cuts = {WHOLE_TABLE: [1 << 63]}
    table = arrow.table({"who": ["a", "b", None, "a", "b", ""]})
    rule = RowRule(3, "", "who", cuts)
    first, second, missing, *rest = split_numbers(rule, table, row_hashes(3, 0, 6)).tolist()
    assert rest == [first, second, missing]
