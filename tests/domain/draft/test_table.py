from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.domain.draft.layout import Column
from huggingnersc.domain.draft.table import column_names, read_table

TOKEN = "hf_" + "aBcDeFgHiJkLmNoPqRsTuVwXyZ01234567"


def types(text: str) -> dict[str, str]:
    return {column.name: column.type for column in read_table(text, "utf-8-sig").columns}


def test_columns_have_the_type_of_all_their_cells() -> None:
    text = "n,x,y,code,word\n1,1.5,NA,007,a\n-2,2e-3,3,008,1\n"
    assert types(text) == {"n": "int", "x": "float", "y": "float", "code": "str", "word": "str"}


def test_whole_numbers_with_a_gap_are_floats_because_nan_is_one() -> None:
    assert types("n,m\n1,2\n,3\n") == {"n": "float", "m": "int"}


def test_column_without_any_value_is_text() -> None:
    assert types("n,m\n1,\n2,NA\n") == {"n": "int", "m": "str"}


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_delimiter_is_the_one_that_cuts_rows_evenly(delimiter: str) -> None:
    text = f"a b{delimiter}c\n1{delimiter}x, y; z\n2{delimiter}w\n"
    assert read_table(text, "utf-8-sig").delimiter == delimiter


def test_decimal_commas_do_not_hide_the_semicolons() -> None:
    assert read_table("a;b\n1,5;2,5\n3,5;4,5\n", "utf-8-sig").delimiter == ";"


@pytest.mark.parametrize(
    ("text", "has_header"),
    [
        ("x,y\n1,2\n", True),
        ("1,2\n3,4\n", False),
        ("5.1,setosa\n4.9,setosa\n", False),
        ("name,kind\na,b\n", True),
        ("x\n1\n", True),
        ("id,2020\na,1\n", False),
        ("", False),
    ],
)
def test_first_row_is_a_header_where_words_stand_above_numbers(
    text: str, has_header: bool
) -> None:
    assert read_table(text, "utf-8-sig").has_header is has_header


@pytest.mark.attack("personal values")
@pytest.mark.parametrize(
    "text",
    [
        "ada@example.org,Berlin\nbob@example.org,Rome\n",
        "# by ada@example.org\nx,y\n1,2\n",
        f"{TOKEN},b\n1,2\n",
        "+1 510 486 4000,x\n+1 510 486 4001,x\n",
        "Maria Curie,x\nAnna Freud,y\nPeter Higgs,z\n",
    ],
)
def test_values_in_the_first_row_are_not_taken_for_public_names(text: str) -> None:
    assert not read_table(text, "utf-8-sig").has_header


@pytest.mark.parametrize(
    "text", ["June Total,x\na,b\n", "email,full_name\na@b.org,Ada Lovelace\n"]
)
def test_names_that_only_resemble_people_are_a_header(text: str) -> None:
    assert read_table(text, "utf-8-sig").has_header


def test_table_without_header_has_numbered_columns() -> None:
    table = read_table("1,a\n2,b\n", "utf-8-sig")
    assert table.columns == (Column("column_1", "int"), Column("column_2", "str"))


def test_names_that_are_empty_or_stand_twice_become_ones_of_their_own() -> None:
    assert column_names(["x", "", "x", "x_2", " "]) == [
        "x",
        "column_2",
        "x_2",
        "x_2_2",
        "column_5",
    ]


@given(st.lists(st.text(max_size=4), min_size=1, max_size=12))
def test_every_column_has_a_name_of_its_own(names: list[str]) -> None:
    made = column_names(names)
    assert len(set(made)) == len(made) == len(names)
    assert all(made)


@given(st.lists(st.tuples(st.integers(), st.text(max_size=9)), min_size=1, max_size=9))
def test_quoted_cells_with_anything_in_them_do_not_change_the_width(
    rows: list[tuple[int, str]],
) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([("number", "text"), *rows])
    table = read_table(text.getvalue(), "utf-8-sig")
    assert [column.name for column in table.columns] == ["number", "text"]
