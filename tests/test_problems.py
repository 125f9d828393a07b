from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.problems import Problem, nearest
from tests.odd_texts import ODD, some

LICENCES = ["apache-2.0", "mit", "bsd", "bsd-2-clause", "bsd-3-clause", "cc", "wtfpl"]


def test_a_problem_says_where_and_what() -> None:
    assert str(Problem("$.a", "missing")) == "$.a: missing"


@pytest.mark.parametrize(
    ("word", "close"),
    [
        ("apache-2", "apache-2.0"),
        ("MIT", "mit"),
        ("BSD-3-Clause", "bsd-3-clause"),
        ("wtf", "wtfpl"),
    ],
)
def test_the_nearest_word_is_found_in_any_case(word: str, close: str) -> None:
    assert nearest(word, LICENCES) == (close,)


def test_nothing_is_near_a_stranger() -> None:
    assert nearest("quantum", LICENCES) == ()
    assert nearest("", LICENCES) == ()
    assert nearest("iris", []) == ()


def test_several_are_given_best_first() -> None:
    assert nearest("bsd-2-claus", LICENCES, count=2) == ("bsd-2-clause", "bsd-3-clause")


@some
@given(ODD, st.permutations(LICENCES))
def test_the_order_of_the_known_words_does_not_matter(word: str, known: list[str]) -> None:
    assert nearest(word, known, count=3) == nearest(word, LICENCES, count=3)
    assert set(nearest(word, known, count=3)) <= set(LICENCES)
