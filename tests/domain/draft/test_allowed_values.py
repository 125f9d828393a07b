from __future__ import annotations

from typing import Any

import pytest

from huggingnersc.domain.draft.allowed_values import allowed_values


def schema(tags: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"datacard_tags": {"properties": tags}}}


def test_values_of_a_tag_and_of_the_items_of_a_tag_are_given() -> None:
    tags = {"license": {"enum": ["mit", "cc"]}, "tags": {"items": {"enum": ["csv"]}}}
    assert allowed_values(schema(tags)) == {"license": ("mit", "cc"), "tags": ("csv",)}


@pytest.mark.parametrize(
    ("tags", "allowed"),
    [
        (True, {}),
        ({"license": True, "language": False}, {"license": ()}),
        ({"tags": {"items": True}, "license": {"enum": ["mit", 7, None]}},
         {"tags": (), "license": ("mit",)}),
    ],
)  # fmt: skip
def test_parts_that_are_no_objects_list_nothing(
    tags: Any, allowed: dict[str, tuple[str, ...]]
) -> None:
    assert allowed_values(schema(tags)) == allowed


@pytest.mark.parametrize("part", [{}, {"properties": {"datacard_tags": True}}])
def test_schema_without_tags_allows_everything(part: dict[str, Any]) -> None:
    assert allowed_values(part) == {}
