from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.domain.draft.data_layout import (
    ExampleCount,
    count_examples,
    size_category,
)
from huggingnersc.domain.draft.survey import FileSurvey


@pytest.mark.parametrize(
    ("examples", "category"),
    [
        (0, "n<1K"),
        (999, "n<1K"),
        (1000, "1K<n<10K"),
        (99_999, "10K<n<100K"),
        (125_000_000, "100M<n<1B"),
        (10**12 - 1, "100B<n<1T"),
        (10**12, "n>1T"),
        (10**15, "n>1T"),
    ],
)
def test_size_category_is_that_of_the_hub(examples: int, category: str) -> None:
    assert size_category(examples) == category


def test_all_files_counted_is_an_exact_number() -> None:
    count = count_examples([FileSurvey(3, 10), FileSurvey(4, 20)], 30, is_whole=True)
    assert count == ExampleCount(7)
    assert (count.examples, count.text) == (7, "7 examples")


def test_some_files_counted_is_estimated_by_size() -> None:
    count = count_examples([FileSurvey(1000, 10)], 45, is_whole=True)
    assert count.examples == 4500
    assert count.text == "at least 1,000 examples, about 4,500 by size"


def test_folder_not_listed_to_its_end_gives_a_lower_bound_only() -> None:
    count = count_examples([FileSurvey(1000, 10)], 10, is_whole=False)
    assert count.examples is None
    assert count.text == "at least 1,000 examples"


def test_file_of_another_build_counts_for_nothing() -> None:
    assert count_examples(
        [FileSurvey(3, 10), FileSurvey(9, 50, fits=False)], 10, is_whole=True
    ) == ExampleCount(3)


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99))), st.integers(0, 999))
def test_estimate_is_never_below_what_was_counted(
    counts: list[tuple[int, int]], rest_bytes: int
) -> None:
    total = sum(size for _, size in counts) + rest_bytes
    count = count_examples((FileSurvey(*one) for one in counts), total, is_whole=True)
    assert count.is_exact == (rest_bytes == 0)
    assert (count.estimate or count.counted) >= count.counted
