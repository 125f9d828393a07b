"""The description on a card: its two lines, and what stewards write between them."""

from __future__ import annotations

import pytest
from hypothesis import given

from huggingnersc.domain.catalog.description import (
    BEGIN,
    END,
    description,
    description_block,
    description_problems,
    is_only_description,
    taken_description,
)
from huggingnersc.domain.text.safe_markdown import MAX_CHARS
from tests.odd_texts import ODD, many

HEAD, TAIL = "---\nlicense: cc\n---\n\n# Iris\n\n", "\n\n## How\n\n```\nx\n```\n"


def card(about: str = "Old words.", *, head: str = HEAD, tail: str = TAIL) -> str:
    return f"{head}{description_block(about)}{tail}"


def test_the_lines_are_there_where_there_is_no_description() -> None:
    assert description_block("") == f"{BEGIN}\n\n{END}"
    assert description_block("<!-- nothing -->") == f"{BEGIN}\n\n{END}"


@many
@given(ODD)
def test_a_description_is_taken_as_it_is_shown(about: str) -> None:
    assert taken_description(card(), card(about)) == (description(about).text, True)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", " \n", "\t\r\n"])
def test_line_ends_and_spaces_of_an_editor_are_no_edit(end: str) -> None:
    edited = card("New words.").replace("\n", end) + end
    assert taken_description(card(), edited) == ("New words.", True)
    assert is_only_description(card(), edited)


def test_nothing_between_the_lines_is_no_description() -> None:
    edited = card().replace("Old words.", "")
    assert taken_description(card(), edited) == ("", True)
    assert taken_description(card(), card().replace("\n\nOld words.\n\n", "\n")) == ("", True)


@pytest.mark.parametrize(
    "edited",
    [
        card("New", tail=f"{TAIL}more\n"),
        card("New", head=HEAD.replace("cc", "mit")),
        card("New", tail=""),
        card("New", head=""),
    ],
)
def test_an_edit_beside_the_description_is_noticed(edited: str) -> None:
    assert taken_description(card(), edited) == ("New", False)
    assert not is_only_description(card(), edited)


def test_of_an_unknown_card_every_edit_may_be_beside_it() -> None:
    assert taken_description(None, card("New")) == ("New", False)
    assert taken_description("# Without the lines\n", card("New")) == ("New", False)


@pytest.mark.parametrize(
    "edited",
    [
        card().replace(BEGIN, ""),
        card().replace(END, ""),
        card().replace(BEGIN, BEGIN.replace("edit", "do not edit")),
        card().replace(END, f"{END}\n{END}"),
        card().replace("Old words.", f"Old\n{BEGIN}\nwords."),
        card().replace(BEGIN, "@").replace(END, BEGIN).replace("@", END),
        "",
    ],
)
def test_without_its_two_lines_no_description_is_taken(edited: str) -> None:
    with pytest.raises(ValueError, match="<!-- huggingnersc:"):
        taken_description(card(), edited)
    assert not is_only_description(card(), edited)


@pytest.mark.attack("descriptions")
@pytest.mark.parametrize("mark", [BEGIN, END, END.upper(), f"```\n{END}\n```", f"    {END}"])
def test_a_description_cannot_hold_the_lines_around_it(mark: str) -> None:
    block = description_block(f"a\n\n{mark}\n\nb")
    assert (block.count(BEGIN), block.count(END)) == (1, 1)
    assert taken_description(card(), card(f"a\n\n{mark}\n\nb"))[1]


def test_the_title_is_not_repeated_below_the_title() -> None:
    for repeated in ("\n# IRIS #\n\nWords", "---\na: b\n---\n\n# Iris\nWords"):
        assert description(repeated, title="Iris").text == "Words"
    for other in ("# Irises\nWords", "## Iris\nWords", "# Iris"):
        assert "Iris" in description(other, title="Flowers").text


def test_a_description_shows_something_and_has_an_end() -> None:
    assert description_problems("") == description_problems("x" * MAX_CHARS) == ()
    assert [one.where for one in description_problems("x" * (MAX_CHARS + 1))] == ["about"]
    assert [one.where for one in description_problems("<!-- x -->")] == ["about"]
