from __future__ import annotations

import pytest

from huggingnersc.domain.packing.table_columns import require_same_columns


@pytest.mark.parametrize("columns", ["ax", "abcd", "b", "ba"])
def test_every_column_that_a_file_lacks_or_adds_is_named(columns: str) -> None:
    require_same_columns("abc", ["a", "b", "c"])
    with pytest.raises(ValueError, match="file") as caught:
        require_same_columns(columns, "abc" if columns != "ba" else "ab")
    said = str(caught.value).split()
    differing = set(columns) ^ set("abc" if columns != "ba" else "ab")
    assert {word.strip(",") for word in said} >= differing


def test_a_file_with_very_many_other_columns_makes_no_endless_sentence() -> None:
    with pytest.raises(ValueError, match="990 more"):
        require_same_columns([f"c{number}" for number in range(1000)], [])
