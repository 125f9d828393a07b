"""Nested values as lines for people."""

from __future__ import annotations

from typing import Any

import pytest

from huggingnersc.domain.text.outline import outline


def lines(value: Any) -> list[tuple[int, str, str]]:
    return [(line.depth, line.key, line.text) for line in outline({"key": value})]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a  b\x1b", "a b"),
        (1.5, "1.5"),
        (True, "true"),
        (None, "none"),
        ([], "none"),
        ({}, "none"),
        (["a", 1, None], "a, 1, none"),
        ({"a": "x", "b": 2}, "a: x, b: 2"),
    ],
)
def test_a_flat_value_is_one_line(value: Any, text: str) -> None:
    assert lines(value) == [(0, "key", text)]


def test_the_lines_of_a_text_are_kept() -> None:
    assert lines("a\nb") == [(0, "key", ""), (1, "", "a"), (1, "", "b")]


def test_a_nested_value_is_below_its_key() -> None:
    value = {"a": {"b": ["x", "y"], "c": {"d": 1}}, "e": [{"f": 1, "g": 2}, [3, 4]]}
    assert lines(value) == [
        (0, "key", ""),
        (1, "a", ""),
        (2, "b", "x, y"),
        (2, "c", "d: 1"),
        (1, "e", ""),
        (2, "", "f: 1, g: 2"),
        (2, "", "3, 4"),
    ]


def test_an_item_with_nested_values_begins_with_its_first_key() -> None:
    assert lines([{"name": "x", "runs": [[1], [2]]}]) == [
        (0, "key", ""),
        (1, "name", "x"),
        (2, "runs", ""),
        (3, "", "1"),
        (3, "", "2"),
    ]


def test_as_deep_a_value_as_metadata_may_be_is_shown() -> None:
    value: Any = "end"
    for _ in range(48):
        value = [value, {}]
    assert lines(value)[-1][2] == "none"
