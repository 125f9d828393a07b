from __future__ import annotations

from datetime import UTC, datetime

import pytest

from huggingnersc.domain.text.formatting import (
    at_most,
    count_words,
    day,
    duration_words,
    first_names,
    number_words,
    plural,
    size_words,
)


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1000, "1 kB"), (4551, "4.55 kB"),
     (999_499, "999 kB"), (999_600, "1 MB"), (2_147_483_648, "2.15 GB"), (10**18, "1000 PB")],
)  # fmt: skip
def test_sizes_are_written_with_three_figures(size: int, words: str) -> None:
    assert size_words(size) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0"), (-0.0, "0"), (1990, "1990"), (2019.0, "2019"), (12_346, "12,346"),
     (1e6, "1,000,000"), (0.1 + 0.2, "0.3"), (5.843333333333334, "5.8433"), (1.2e-5, "1.2e-05"),
     (-101_325.4, "-101,325"), (1_234_567.89, "1,234,568"), (10**15, "1e+15"),
     (-12345e17, "-1.2345e+21"), (1e308, "1e+308"), (float("nan"), "nan"), (-1e999, "-inf")],
)  # fmt: skip
def test_numbers_have_the_digits_that_say_something(number: float, words: str) -> None:
    assert number_words(number) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0"), (999, "999"), (1000, "1k"), (1234, "1.2k"), (99_600, "100k"), (4_100_000, "4.1M")],
)
def test_counts_are_abbreviated(count: int, words: str) -> None:
    assert count_words(count) == words


def test_plurals_and_days_are_written_as_in_prose() -> None:
    assert [plural(n, "file") for n in (0, 1, 1200)] == ["0 files", "1 file", "1,200 files"]
    assert plural(2, "entry", "entries") == "2 entries"
    assert at_most(3, 3, "file") == "3 files"
    assert at_most(4, 3, "file") == "more than 3 files"
    assert day(datetime(2026, 11, 20, tzinfo=UTC)) == "20 Nov 2026"


def test_the_first_names_are_followed_by_the_number_of_the_others() -> None:
    assert first_names([], 2) == ""
    assert first_names(["a", "b"], 2) == "a, b"
    assert first_names(["a", "b", "c"], 2) == "a, b and 1 more"
    assert first_names(["a", "b"], 2, count=1_202) == "a, b and 1,200 more"


def test_time_spans_have_at_most_two_units() -> None:
    spans = [duration_words(s) for s in (0, 0.9, 59, 60, 61, 200, 3600, 3661, 90_000, 86_400 * 12)]
    assert spans == [
        *("0 s", "0 s", "59 s", "1 min", "1 min 1 s", "3 min 20 s"),
        *("1 h", "1 h 1 min", "1 d 1 h", "12 d"),
    ]
