from __future__ import annotations

import pytest

from huggingnersc.domain.draft.array_layout import arrays_along
from huggingnersc.domain.draft.layout import Array, Column, FileLayout
from huggingnersc.domain.draft.row_anomalies import PromotedType, RaggedRows, RowAnomalies
from huggingnersc.domain.draft.warnings import array_warnings, row_warnings

TABLE = FileLayout(columns=(Column("a", "int"), Column("b", "str")))


def test_even_rows_give_no_warning() -> None:
    assert list(row_warnings({"a.csv": RowAnomalies()}, TABLE)) == []


def test_ragged_rows_of_all_files_are_summed_and_the_first_has_its_place() -> None:
    anomalies = {
        "a.csv": RowAnomalies(),
        "b.csv": RowAnomalies(RaggedRows(1, 7, 1)),
        "c.csv": RowAnomalies(RaggedRows(1200, 2, 3)),
    }
    (warning,) = row_warnings(anomalies, TABLE)
    for fact in ("1,201 rows", "2 cells", "line 7 of b.csv (1 cell)"):
        assert fact in warning


def test_each_column_that_became_text_is_reported_once_with_the_first_file() -> None:
    promotions = (PromotedType("a", "str", 9, "x\x1b"), PromotedType("n", "float", 5, "1.5"))
    anomalies = {name: RowAnomalies(promotions=promotions) for name in ("a.csv", "b.csv")}
    (warning,) = row_warnings(anomalies, TABLE)
    assert "column a " in warning
    assert 'line 9 of a.csv holds "x\\u001b"' in warning


def test_many_columns_that_became_text_are_counted() -> None:
    promotions = tuple(PromotedType(f"c{n}", "str", 9, "x") for n in range(9))
    warnings = list(row_warnings({"a.csv": RowAnomalies(promotions=promotions)}, TABLE))
    assert len(warnings) == 6
    assert "4 other columns" in warnings[-1]


@pytest.mark.parametrize(("type_", "count"), [("int", 1), ("str", 0)])
def test_cells_that_were_not_read_are_reported_where_they_should_be_numbers(
    type_: str, count: int
) -> None:
    layout = FileLayout(columns=(Column("a", type_),))
    warnings = list(row_warnings({"a.csv": RowAnomalies(unread=5)}, layout))
    assert len(warnings) == count
    assert all("5 rows" in warning for warning in warnings)


def test_arrays_that_are_not_along_the_examples_are_named_with_the_reason() -> None:
    lengths = arrays_along([Array("w", 7, 56, True), Array("z", 5, 40, True)])
    (warning,) = map(str, array_warnings(lengths))
    assert "as long as w" in warning
    assert warning.endswith(": z (5).")
    dimensions = arrays_along(
        [Array("wind", 7, 56, True, "time"), Array("height", 7, 50, True, "station")]
    )
    (warning,) = map(str, array_warnings(dimensions))
    assert "the dimension time" in warning
    assert warning.endswith(": height (station).")
    assert not list(array_warnings(arrays_along([Array("w", 7, 56, True)])))
