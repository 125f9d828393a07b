from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.domain.text.front_matter import front_matter
from tests.odd_texts import ODD, some

# Texts that a YAML 1.1 or 1.2 reader could take for a boolean, null, number, date or comment.
AMBIGUOUS = [
    "no", "No", "YES", "y", "n", "on", "OFF", "true", "False", "null", "Null", "~", "", " ",
    "1e3", "1E+3", "0o14", "014", "0x1F", "0b1", "1_000", "1.5", ".5", ".inf", "-.INF", ".nan",
    "12:30:45", "2026-08-22", "2001-12-14t21:59:43.10-05:00", "=", "<<", "- a", "? a", "a: b",
    "a #b", "#a", "&a", "*a", "!a", "!!str a", "|", ">", "@a", "`a", "%YAML 1.2", "[a]", "{a: b}",
    "'a'", '"a"', "a\n---\nb", "---", "...", "\n---\n", "a\tb", " a ", "a\u2028b", "a\u2029b",
    "a\x85b", "\ufeff", "🦆", "Größe", "\x00\x1b", "weather/climate", "particle physics", "n<1K",
    "a" * 500, "a b " * 99,
]  # fmt: skip


def block_of(text: str) -> str:
    """The YAML between the first two lines of three dashes, as every reader cuts it."""
    assert text.startswith("---\n")
    assert text.endswith("\n---\n") or text == "---\n{}\n---\n"
    (block, rest) = re.split(r"^---$", text[4:], maxsplit=1, flags=re.MULTILINE)
    assert rest == "\n"
    return block


def read(values: dict[str, Any]) -> Any:
    return yaml.safe_load(block_of(front_matter(values)))


@pytest.mark.parametrize("value", AMBIGUOUS)
def test_a_text_comes_back_as_that_text(value: str) -> None:
    assert read({"a": value, "b": [value, value], value: "c"}) == {
        "a": value,
        "b": [value, value],
        value: "c",
    }


@some
@given(st.dictionaries(ODD, ODD | st.lists(ODD, max_size=3) | st.booleans() | st.integers()))
def test_any_values_come_back_from_a_yaml_reader(values: dict[str, Any]) -> None:
    assert read(values) == values


@some
@given(ODD, ODD)
def test_any_card_comes_back_from_the_hub_s_own_reader(name: str, body: str) -> None:
    from huggingface_hub import DatasetCard

    card = DatasetCard(f"{front_matter({'pretty_name': name, 'tags': [name]})}\n{body}")
    assert card.data["pretty_name"] == name
    assert card.data["tags"] == [name]
    assert card.text == f"\n{body}"


@some
@given(ODD)
def test_a_value_stays_on_its_line(name: str) -> None:
    lines = front_matter({"pretty_name": name, "license": "mit"}).splitlines()
    assert len(lines) == 4
    assert lines[1].startswith("pretty_name: ")
    assert lines[2:] == ["license: mit", "---"]


def test_the_order_is_kept_and_plain_words_stay_plain() -> None:
    values = {"pretty_name": "Iris", "license": "cc", "language": ["no", "en"]}
    assert front_matter(values) == (
        '---\npretty_name: Iris\nlicense: cc\nlanguage:\n- "no"\n- en\n---\n'
    )


def test_the_same_list_twice_is_written_twice() -> None:
    shared = ["a"]
    assert read({"x": shared, "y": shared}) == {"x": ["a"], "y": ["a"]}
    assert "&" not in front_matter({"x": shared, "y": shared})
