"""Rows that differ from what the first rows of their file show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.data_files import lines
from huggingnersc.adapters.data_files.budget import Budget
from huggingnersc.domain.draft.row_anomalies import PromotedType, RaggedRows, RowAnomalies
from tests.builders import write_tree

if TYPE_CHECKING:
    from pathlib import Path


def anomalies_in(tmp_path: Path, text: str) -> RowAnomalies:
    write_tree(tmp_path, {"a.csv": text})
    file = tmp_path / "a.csv"
    layout = lines.read_table_layout(file)
    return lines.survey_table(file, layout, file.stat().st_size, Budget()).anomalies


def test_even_table_has_no_anomalies(tmp_path: Path) -> None:
    assert anomalies_in(tmp_path, "a,b\n" + "1,x\n\n" * 3000) == RowAnomalies()


def test_rows_of_another_width_are_counted_and_the_first_has_its_line(tmp_path: Path) -> None:
    anomalies = anomalies_in(tmp_path, "a,b\n" + "1,2\n" * 3000 + "\n3\n4,5,6\n")
    assert anomalies.ragged == RaggedRows(2, 3003, 1)


def test_lines_are_those_of_the_file_also_after_line_breaks_in_quotes(tmp_path: Path) -> None:
    anomalies = anomalies_in(tmp_path, '\n"a\n?",b\n' + '1,"x\r\ny"\n' * 700 + "3\n")
    assert anomalies.ragged == RaggedRows(1, 3 + 2 * 700 + 1, 1)


def test_lines_of_a_table_without_header_are_counted_from_its_first_row(tmp_path: Path) -> None:
    assert anomalies_in(tmp_path, "1,2\n3,4\n5\n").ragged == RaggedRows(1, 3, 1)


@pytest.mark.parametrize(
    ("cell", "promotions"),
    [
        ("7", ()),
        ("-7", ()),
        ("1.5", (PromotedType("a", "float", 3002, "1.5"),)),
        ("NA", (PromotedType("a", "float", 3002, "NA"),)),
        (" ", (PromotedType("a", "float", 3002, " "),)),
        ("x", (PromotedType("a", "str", 3002, "x"),)),
        ("1-2", (PromotedType("a", "str", 3002, "1-2"),)),
    ],
)
def test_column_gets_the_type_that_its_late_cells_need(
    tmp_path: Path, cell: str, promotions: tuple[PromotedType, ...]
) -> None:
    anomalies = anomalies_in(tmp_path, "a,b\n" + "1,2\n" * 3000 + f"{cell},5\n6,7\n")
    assert anomalies.promotions == promotions


def test_gaps_in_a_column_of_floats_are_no_reason_for_another_type(tmp_path: Path) -> None:
    anomalies = anomalies_in(tmp_path, "a,b\n" + "1.5,2\n" * 300 + "NA,2\n,3\n null ,4\n1e-5,5\n")
    assert anomalies == RowAnomalies()


def test_rows_that_are_too_short_for_a_column_do_not_hide_its_type(tmp_path: Path) -> None:
    anomalies = anomalies_in(tmp_path, "a,b\n" + "1,2\n" * 300 + "3\n4,x\n")
    assert anomalies == RowAnomalies(RaggedRows(1, 302, 1), (PromotedType("b", "str", 303, "x"),))


def test_cells_of_a_large_table_are_read_at_its_begin_and_then_here_and_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "_CELLS_READ", 2000)
    anomalies = anomalies_in(tmp_path, "a,b\n" + "1,2\n" * 100_000 + "x\n" + "1,x\n" * 100_000)
    assert 150_000 < anomalies.unread < 190_000
    assert anomalies.ragged == RaggedRows(1, 100_002, 1)
    (promotion,) = anomalies.promotions
    assert (promotion.column, promotion.type) == ("b", "str")
    assert 100_003 <= promotion.line < 106_000
