from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.hub_server.web.tables import (
    CELL_LIMIT,
    COLUMN_LIMIT,
    ROW_LIMIT,
    TableHead,
    csv_head,
    short_number,
)


def head(text: str, *, whole: bool = True) -> TableHead:
    found = csv_head(text, whole=whole)
    assert found is not None
    return found


def test_names_rows_and_number_columns_are_found() -> None:
    found = head("name,length\nsetosa,5.1\nvirginica,\n")
    assert [(c.name, c.is_number) for c in found.columns] == [("name", False), ("length", True)]
    assert found.rows == (("setosa", "5.1"), ("virginica", ""))
    assert found.rows_in_all == 2


def test_semicolons_and_tabs_separate_too() -> None:
    assert [c.name for c in head("a;b\n1;2\n").columns] == ["a", "b"]
    assert [c.name for c in head("\ufeffa\tb\n1\t2\n").columns] == ["a", "b"]


def test_the_torn_last_line_of_a_part_is_left_out() -> None:
    found = head("a,b\n1,2\n3,", whole=False)
    assert (found.rows, found.rows_in_all) == ((("1", "2"),), None)


def test_large_tables_are_cut_with_a_notice() -> None:
    line = ",".join(["x" * 500] * (COLUMN_LIMIT + 5)) + "\n"
    found = head(line * (ROW_LIMIT + 50))
    assert len(found.rows) == ROW_LIMIT
    assert (len(found.columns), found.columns_left_out) == (COLUMN_LIMIT, 5)
    assert len(found.rows[0][0]) == CELL_LIMIT
    assert found.rows_in_all is None


def test_short_rows_are_filled_and_long_ones_cut() -> None:
    assert head("a,b\n1\n1,2,3\n").rows == (("1", ""), ("1", "2"))


def test_what_is_empty_or_broken_is_no_table() -> None:
    assert csv_head("", whole=True) is None
    assert csv_head("\n\n", whole=True) is None
    assert csv_head('a,b\n"' + "x" * 200_000, whole=True) is None


@given(st.lists(st.lists(st.text('ab,"\n;', max_size=5), min_size=2, max_size=2), min_size=2))
def test_what_the_csv_module_writes_is_read_back(rows: list[list[str]]) -> None:
    stream = io.StringIO()
    csv.writer(stream).writerows([["first,", "second,,,,"], *rows])
    found = head(stream.getvalue())
    assert [list(row) for row in found.rows] == rows[:ROW_LIMIT]


@pytest.mark.parametrize(
    ("cell", "shown"),
    [("0.30000000000000004", "0.3"), ("5.843333333333334", "5.843333"), ("5.0", "5.0"),
     ("1e-07", "1e-07"), ("1700000000.1234567", "1700000000"), ("", ""), ("nan", "nan"),
     ("-inf", "-inf"), ("2e+300", "2e+300"), ("v1.23456789", "v1.23456789")],
)  # fmt: skip
def test_a_number_is_shortened_only_where_digits_are_lost(cell: str, shown: str) -> None:
    assert short_number(cell) == shown
