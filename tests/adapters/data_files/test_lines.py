from __future__ import annotations

import csv
import io
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.adapters.data_files.budget import Budget
from huggingnersc.adapters.data_files.lines import (
    read_table_layout,
    read_text_layout,
    survey_table,
    survey_text,
)
from huggingnersc.domain.draft.layout import FileLayout
from huggingnersc.domain.draft.survey import FileSurvey
from huggingnersc.errors import DatasetError
from tests.builders import write_tree

if TYPE_CHECKING:
    from pathlib import Path


def rows_in(
    file: Path, *, budget: Budget | None = None, layout: FileLayout | None = None
) -> FileSurvey:
    return survey_table(
        file, layout or read_table_layout(file), file.stat().st_size, budget or Budget()
    )


@given(rows=st.lists(st.tuples(st.integers(), st.text(max_size=9)), min_size=1, max_size=30))
def test_rows_are_counted_as_csv_reads_them(
    rows: list[tuple[int, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("rows") / "a.csv"
    text = io.StringIO(newline="")
    csv.writer(text).writerows([("number", "text"), *rows])
    file.write_bytes(text.getvalue().encode())
    assert rows_in(file) == FileSurvey(len(rows), file.stat().st_size)


def test_blank_lines_and_a_missing_last_line_end_make_no_row_more_or_less(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.csv": "\nx,y\n1,2\n\n3,4\n\n5,6"})
    assert rows_in(tmp_path / "a.csv").examples == 3


def test_table_without_header_has_one_row_more(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.csv": "1,2\n3,4\n"})
    assert rows_in(tmp_path / "a.csv").examples == 2


def test_counting_stops_when_the_budget_is_spent(
    tmp_path: Path,
) -> None:
    file = tmp_path / "a.csv"
    file.write_text("x,y\n" + "1,2\n" * 100_000, encoding="utf-8")
    count = rows_in(file, budget=Budget(size_bytes=40_000))
    assert 0 < count.examples < 100_000
    assert 40_000 <= count.covered_bytes < file.stat().st_size
    per_row = count.covered_bytes / count.examples
    assert per_row == pytest.approx(4, rel=0.5)


def test_small_file_cut_off_is_not_taken_for_a_whole_one(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("x,y\n" + "1,2\n" * 1500, encoding="utf-8")
    count = rows_in(file, budget=Budget(size_bytes=1))
    assert 0 < count.examples < 1500
    assert count.covered_bytes < file.stat().st_size


def test_table_with_other_columns_does_not_fit(tmp_path: Path) -> None:
    write_tree(
        tmp_path, {"a.csv": "x,y\n1,2\n", "b.csv": "x,z\n1,2\n", "c.csv": "", "d.csv": "x,y\n"}
    )
    layout = read_table_layout(tmp_path / "a.csv")
    fits = {
        name: rows_in(tmp_path / name, layout=layout).fits for name in ("b.csv", "c.csv", "d.csv")
    }
    assert fits == {"b.csv": False, "c.csv": True, "d.csv": True}


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("x,y\né,2\n".encode(), "utf-8-sig"),
        ("\ufeffx,y\né,2\n".encode(), "utf-8-sig"),
        ("x,y\né,2\n".encode("latin-1"), "latin-1"),
    ],
)
def test_encoding_is_returned_and_a_byte_order_mark_is_no_part_of_a_name(
    tmp_path: Path, data: bytes, encoding: str
) -> None:
    write_tree(tmp_path, {"a.csv": data})
    layout = read_table_layout(tmp_path / "a.csv")
    assert (layout.encoding, layout.columns[0].name) == (encoding, "x")


def test_sample_cut_within_a_character_is_still_utf_8(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(b"x" + "é".encode() * (1 << 20))
    assert read_text_layout(file).encoding == "utf-8-sig"


def test_utf_16_is_refused_with_the_command_that_converts_it(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a b.csv": "x,y\n1,2\n".encode("utf-16")})
    with pytest.raises(DatasetError, match="UTF-16") as caught:
        read_table_layout(tmp_path / "a b.csv")
    assert f"iconv -f UTF-16 -t UTF-8 '{tmp_path / 'a b.csv'}'" in str(caught.value.hint)


def test_bytes_that_are_not_text_far_into_the_file_name_the_file(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b"x,y\n" + b"1,2\n" * 300_000 + b"\xff,1\n")
    with pytest.raises(DatasetError, match=r"/a\.csv .*\(utf-8-sig\)"):
        rows_in(file)


@pytest.mark.parametrize(("text", "lines"), [("", 0), ("a", 1), ("a\n", 1), ("a\n\nb\r\nc", 4)])
def test_lines_are_counted_with_and_without_a_last_line_end(
    tmp_path: Path, text: str, lines: int
) -> None:
    write_tree(tmp_path, {"a.txt": text})
    count = survey_text(tmp_path / "a.txt", FileLayout(), len(text), Budget())
    assert count == FileSurvey(lines, len(text))


def test_lines_are_counted_in_little_memory_however_large_the_file(tmp_path: Path) -> None:
    """A sparse file of 1.2 GB: its one line would not fit into the memory this test allows."""
    import resource
    import subprocess
    import sys

    file = tmp_path / "a.txt"
    with file.open("wb") as stream:
        stream.truncate(1_200_000_000)
    program = (
        "from pathlib import Path\nfrom huggingnersc.adapters.data_files.budget import Budget\n"
        "from huggingnersc.adapters.data_files.lines import survey_text\n"
        "from huggingnersc.domain.draft.layout import FileLayout\n"
        f"file, size = Path({str(file)!r}), {file.stat().st_size}\n"
        "print(survey_text(file, FileLayout(), size, Budget()).examples)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30)),  # noqa: PLW1509, RUF100
        env={**os.environ},
    )
    assert (done.stdout, done.stderr) == ("1\n", "")
