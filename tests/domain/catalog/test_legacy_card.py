"""Old cards get what their record knows for the Hub, and lose nothing."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given

from huggingnersc.domain.catalog.legacy_card import with_recorded_tags
from tests.builders import make_metadata
from tests.odd_texts import ODD, many

METADATA = make_metadata(tags=["csv", "biology"])


def completed(card: str, metadata: dict[str, Any] = METADATA) -> str:
    return with_recorded_tags(card.encode(), metadata).decode()


def front_matter_of(card: str) -> Any:
    return yaml.safe_load(card.split("---")[1])


def test_a_card_without_front_matter_gets_one() -> None:
    card = completed("# Iris\n")
    assert front_matter_of(card) == METADATA["datacard_tags"]
    assert card.endswith("---\n\n# Iris\n")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_a_card_lacks_is_added_and_what_it_states_stays(end: str) -> None:
    old = end.join(["---", "license: mit  # theirs", "x: 'y'", "---", "# Iris", ""])
    card = completed(old)
    assert front_matter_of(card) == METADATA["datacard_tags"] | {"license": "mit", "x": "y"}
    before, after = old.split(f"---{end}# Iris")
    assert card.startswith(before)
    assert card.endswith(f"---{end}# Iris{after}")
    assert card.count("\r") == (card.count("\n") if end == "\r\n" else 0)
    assert completed(card) == card


@pytest.mark.parametrize(
    "card",
    [
        "---\nlicense: [\n---\n# Iris\n",
        "---\n- a list\n---\n",
        "---\n{license: mit}\n---\n",
        "---\nnever closed: 1\n",
        "---\n" + "[" * 3_000 + "\n---\n",
        f"---\nlong: {'x' * 70_000}\n---\n",
    ],
)
def test_a_card_that_cannot_be_completed_stays(card: str) -> None:
    assert completed(card) == card


def test_a_card_that_is_no_text_stays() -> None:
    assert with_recorded_tags(b"\xff", METADATA) == b"\xff"


@pytest.mark.parametrize("tags", [None, [], {"license": 3, "tags": [{}], "x": []}])
def test_what_no_card_can_state_is_left_out(tags: object) -> None:
    assert completed("# Iris\n", {"datacard_tags": tags}) == "# Iris\n"


@many
@given(ODD, ODD)
def test_recorded_texts_stay_values(value: str, card: str) -> None:
    done = completed(f"# {card}\n", make_metadata(license=value))
    assert done.endswith(f"# {card}\n".replace("\ud800", ""))
    head = done.removesuffix(f"# {card}\n")
    assert yaml.safe_load(head.removesuffix("---\n\n"))["license"] == value
