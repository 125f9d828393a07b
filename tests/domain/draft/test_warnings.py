from __future__ import annotations

import pytest

from huggingnersc.domain.draft.arrays import arrays_along
from huggingnersc.domain.draft.data_layout import Array, Column, Layout
from huggingnersc.domain.draft.row_anomalies import PromotedType, Ragged, RowAnomalies
from huggingnersc.domain.draft.warnings import array_warning, row_warnings

TABLE = Layout(columns=(Column("a", "int"), Column("b", "str")))


def test_even_rows_are_no_remark() -> None:
    assert list(row_warnings({"a.csv": RowAnomalies()}, TABLE)) == []


def test_ragged_rows_of_all_files_are_summed_and_the_first_has_its_place() -> None:
    odd = {
        "a.csv": RowAnomalies(),
        "b.csv": RowAnomalies(Ragged(1, 7, 1)),
        "c.csv": RowAnomalies(Ragged(1200, 2, 3)),
    }
    assert list(row_warnings(odd, TABLE)) == [
        "1,201 rows do not have 2 cells; the loader stops at the first, line 7 of b.csv (1 cell). "
        "Mend the data."
    ]


def test_each_column_that_became_text_is_told_once_with_the_first_file() -> None:
    wider = (PromotedType("a", "str", 9, "x\x1b"), PromotedType("n", "float", 5, "1.5"))
    odd = {"a.csv": RowAnomalies(wider=wider), "b.csv": RowAnomalies(wider=wider)}
    (remark,) = row_warnings(odd, TABLE)
    assert remark == (
        'The column a is read as text, for line 9 of a.csv holds "x\\u001b", which is no number.'
    )


def test_many_columns_that_became_text_are_counted() -> None:
    wider = tuple(PromotedType(f"c{n}", "str", 9, "x") for n in range(9))
    remarks = list(row_warnings({"a.csv": RowAnomalies(wider=wider)}, TABLE))
    assert (len(remarks), remarks[-1]) == (6, "So are 4 other columns.")


@pytest.mark.parametrize(("type_", "told"), [("int", 1), ("str", 0)])
def test_cells_that_were_not_read_are_told_where_they_should_be_numbers(
    type_: str, told: int
) -> None:
    layout = Layout(columns=(Column("a", type_),))
    remarks = list(row_warnings({"a.csv": RowAnomalies(unread=5)}, layout))
    assert len(remarks) == told
    assert all("5 rows were counted and not read" in remark for remark in remarks)


def test_arrays_that_lie_not_along_the_examples_are_named_with_the_reason() -> None:
    lengths = arrays_along([Array("w", 7, 56, True), Array("z", 5, 40, True)])
    assert array_warning(lengths) == "Not as long as w, so left out by the loader: z (5)."
    dimensions = arrays_along(
        [Array("wind", 7, 56, True, "time"), Array("height", 7, 50, True, "station")]
    )
    assert array_warning(dimensions) == (
        "Not along the dimension time, so left out by the loader: height (station)."
    )
    assert array_warning(arrays_along([Array("w", 7, 56, True)])) is None
