"""Text that is made safe to print."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.domain.text.terminal import visible, visible_json
from tests.hostile_texts import FRIENDLY, HOSTILE, harm
from tests.odd_texts import many

pytestmark = pytest.mark.attack("terminal text")


@many
@given(st.text(st.characters(exclude_categories=())))
def test_nothing_harmful_is_left_of_any_text(text: str) -> None:
    assert harm(visible(text)) == set()
    assert "\n" not in visible(text)
    assert "\t" not in visible(text)


@many
@given(st.text(st.characters(exclude_categories=())))
def test_json_without_harmful_characters_reads_the_same(text: str) -> None:
    safe = visible_json(json.dumps({text: [text]}, indent=2, ensure_ascii=False))
    assert harm(safe) == set()
    assert json.loads(safe) == {text: [text]}


def test_harmful_characters_are_shown_as_escapes() -> None:
    assert visible("\x1b\x9b\u202e\u2028\n\t\udcff") == r"\x1b\x9b\u202e\u2028\n\t\udcff"


def test_text_of_every_script_and_joined_emoji_stay_as_they_are() -> None:
    assert visible(FRIENDLY) == FRIENDLY


def test_the_judge_notices_hostile_text() -> None:
    assert len(harm(HOSTILE)) > 10
