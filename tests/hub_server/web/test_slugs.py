from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.hub_server.web.slugs import Slugs, slug


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("How to load it", "how-to-load-it"),
        ("Data & code", "data--code"),
        ("What's new?", "whats-new"),
        ("snake_case and kebab-case", "snake_case-and-kebab-case"),
        ("1. Überblick", "1-überblick"),
        ("データセット", "データセット"),
        ("हिन्दी", "हिन्दी"),
        ("\N{SPARKLES} Shiny", "-shiny"),
        ("Version 2.0 (2026)", "version-20-2026"),
        ("!?", "section"),
    ],
)
def test_a_heading_is_named_as_on_github(words: str, name: str) -> None:
    assert slug(words) == name


def test_a_second_heading_of_the_same_words_gets_a_number() -> None:
    slugs = Slugs()
    words = ["Run", "Run", "run 1", "Run", "Run-1"]
    assert [slugs.add(one) for one in words] == ["run", "run-1", "run-1-1", "run-2", "run-1-2"]


@given(st.lists(st.text("a-1 !", max_size=4), max_size=20))
def test_no_two_headings_share_a_name(words: list[str]) -> None:
    slugs = Slugs()
    names = [slugs.add(one) for one in words]
    assert len(set(names)) == len(names)
