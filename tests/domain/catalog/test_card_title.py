"""The title in the metadata and the official name."""

from __future__ import annotations

from typing import Any

import pytest

from huggingnersc.domain.catalog.card_title import card_title_warnings, with_card_title
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.catalog.record import Record
from huggingnersc.fixes import Option, update_fix
from tests.builders import make_entry, make_metadata
from tests.odd_entries import plan_of


def record(title: str, pretty_name: str) -> Record:
    metadata = make_metadata(pretty_name=pretty_name)
    return plan_of(make_entry(official_name=title, metadata=metadata)).record


def test_a_new_name_that_leaves_the_title_is_a_warning_with_the_command() -> None:
    (warning,) = card_title_warnings(record("Old", "Old"), record("New", "Old"))
    assert update_fix("iris", Option(Field.PRETTY_NAME, "New")) in warning.parts


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("Old", "Old"), ("Old", "Old")),
        (("Old", "New"), ("New", "New")),
        (("Old", "Old"), ("New", "New")),
        (("Old", "Old"), ("New", "Newer")),  # it was chosen in the same update
    ],
)
def test_nothing_is_said_where_nothing_is_left(
    before: tuple[str, str], after: tuple[str, str]
) -> None:
    assert list(card_title_warnings(record(*before), record(*after))) == []


@pytest.mark.parametrize("odd", [{}, {"datacard_tags": 3}, {"datacard_tags": None}])
def test_metadata_without_tags_stays(odd: dict[str, Any]) -> None:
    assert with_card_title(odd, "x") == odd


def test_the_order_of_the_tags_stays() -> None:
    changed = with_card_title(make_metadata(), "Iris of 1936")["datacard_tags"]
    assert list(changed) == ["pretty_name", "size_categories", "license"]
    assert changed["pretty_name"] == "Iris of 1936"
