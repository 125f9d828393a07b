from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text

from huggingnersc.cli.markup import escape
from tests.odd_texts import some

PARTS = st.sampled_from(["\\", "[", "]", "/", "[bold]", "[/bold]", "[none]", "a", " ", "[/]"])


@pytest.mark.parametrize("text", ["\\", "a\\", "a\\\\", "[x]\\", "\\[x]\\\\\\", "", "[/none]"])
def test_backslashes_at_the_end_are_not_doubled(text: str) -> None:
    assert Text.from_markup(escape(text), emoji=False).plain == text


@some
@given(st.lists(PARTS, max_size=10).map("".join))
@pytest.mark.parametrize(
    ("markup", "plain"),
    [
        ("{}", "{}"),
        ("[red]{}[/red]", "{}"),
        ("x {}\ny", "x {}\ny"),
        ("[bold]x[/bold] {}[dim]z[/dim]", "x {}z"),
    ],
)
def test_text_is_shown_as_it_is_alone_and_within_a_style(
    markup: str, plain: str, text: str
) -> None:
    shown = Text.from_markup(markup.format(escape(text)), emoji=False).plain
    assert shown == plain.format(text)
