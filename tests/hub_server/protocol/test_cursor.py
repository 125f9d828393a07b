from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.hub_server.protocol.client_text import MAX_NUMBER
from huggingnersc.hub_server.protocol.cursor import next_link, read_cursor, write_cursor


@given(st.integers(0, MAX_NUMBER), st.text())
def test_a_cursor_comes_back_as_it_was(number: int, text: str) -> None:
    assert read_cursor(write_cursor(number, text), int, str) == (number, text)


@given(st.text(max_size=200))
def test_a_made_up_cursor_is_refused_and_harms_nothing(text: str) -> None:
    assert read_cursor(text, int, str, int) is None


def test_a_cursor_of_another_listing_is_refused() -> None:
    assert read_cursor(write_cursor("a", 1), int, str) is None
    assert read_cursor("A" * 9000, int) is None


@pytest.mark.attack("odd requests")
@pytest.mark.parametrize("number", [-1, MAX_NUMBER + 1, 2**63 - 1, 2**63, 10**30])
def test_a_number_that_no_database_holds_is_refused(number: int) -> None:
    assert read_cursor(write_cursor(number), int) is None


@pytest.mark.attack("odd requests")
def test_text_that_is_not_unicode_is_refused() -> None:
    assert read_cursor(write_cursor("\ud800"), str) is None


def test_the_next_page_keeps_the_query_and_replaces_the_cursor() -> None:
    link = next_link("http://h/api/datasets", "search=a%20b&cursor=old&full=true", "new")
    assert link == '<http://h/api/datasets?search=a+b&full=true&cursor=new>; rel="next"'
