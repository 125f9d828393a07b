from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.hub_server.protocol.card import MAX_DEPTH, parse_card, plain


def test_a_card_is_front_matter_and_body() -> None:
    card = parse_card("---\nlicense: mit\ntags: [a, b]\n---\n# Title\n")
    assert card.metadata == {"license": "mit", "tags": ["a", "b"]}
    assert card.body == "# Title\n"
    assert card.problem is None


def test_a_card_without_front_matter_is_all_body() -> None:
    assert parse_card("# Title").body == "# Title"
    assert parse_card("---\nopen: never closed\n").metadata == {}


def test_windows_line_ends_and_a_byte_order_mark_are_taken() -> None:
    assert parse_card("\ufeff---\r\nlicense: mit\r\n---\r\nx").metadata == {"license": "mit"}


def test_values_without_a_json_form_become_text() -> None:
    card = parse_card("---\nday: 2020-01-02\nnan: .nan\n1: x\nblob: !!binary aGk=\n---\n")
    assert card.metadata == {"day": "2020-01-02", "nan": "nan", "1": "x", "blob": "b'hi'"}


def test_text_that_cannot_be_stored_does_not_come_out() -> None:
    assert plain({"a\ud800": ["x\ud800"]}) == {"a?": ["x?"]}
    card = parse_card('---\na: "x\\ud800"\n---\n')
    assert card.problem is not None or card.metadata == {"a": "x?"}


def test_broken_yaml_is_a_problem_and_not_an_exception() -> None:
    card = parse_card("---\na: [1\n---\nbody")
    assert card.metadata == {}
    assert card.body == "body"
    assert card.problem is not None


def test_aliases_that_would_explode_are_refused() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]\n" for i in range(20)
    )
    assert "anchors" in str(parse_card(f"---\n{bomb}---\n").problem)


def test_nesting_is_bounded() -> None:
    deep = "[" * (MAX_DEPTH + 5) + "]" * (MAX_DEPTH + 5)
    assert "nested" in str(parse_card(f"---\na: {deep}\n---\n").problem)
    assert parse_card(f"---\na: {'[' * 100_000}\n---\n").problem is not None


@pytest.mark.attack("odd requests")
@pytest.mark.parametrize(
    "front",
    ["!!bool x", "!!timestamp x", "!!int x", "!!float x", "!!binary ä", "!!omap x", "!!set x",
     "<<: x", "a: !!bool x", "? !!bool x\n: 1", "? [1]\n: 1", "=", "a: =", "9" * 5000, "!!int ''"],
)  # fmt: skip
def test_a_tag_that_does_not_fit_its_value_is_a_problem(front: str) -> None:
    card = parse_card(f"---\na:\n  - {front}\n---\nbody")
    assert (card.metadata == {}) == (card.problem is not None)
    assert card.body == "body"


@pytest.mark.attack("odd requests")
@pytest.mark.parametrize("number", ["0x" + "f" * 5000, "1" + ":1" * 300_000, "0b" + "1" * 99])
def test_a_number_that_json_does_not_hold_becomes_text(number: str) -> None:
    value = parse_card(f"---\na: {number}\n---\n").metadata["a"]
    assert value in {number, str(2**99 - 1)}


def test_python_objects_are_not_made() -> None:
    card = parse_card("---\na: !!python/object/apply:os.system [true]\n---\n")
    assert card.problem is not None


def test_a_list_is_no_front_matter() -> None:
    assert "mapping" in str(parse_card("---\n- a\n---\n").problem)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    parse_card(text)
    parse_card(f"---\n{text}\n---\n")
