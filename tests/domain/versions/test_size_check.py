from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc.domain.versions.size_check import size_mismatch
from tests.builders import make_metadata

if TYPE_CHECKING:
    from huggingnersc.domain.versions.statistics import ExampleCounts


def counted(count: int, *, sample: bool = False) -> ExampleCounts:
    return {"count": count, "sample": sample, "by_split": {}}


@pytest.mark.parametrize(
    ("declared", "count", "right"),
    [
        ("n<1K", 150, None),
        ("n<1K", 999, None),
        ("n<1K", 1_000, "1K<n<10K"),
        ("1M<n<10M", 150, "n<1K"),
        (["n<1K"], 5, None),
        (["1K<n<10K"], 5, "n<1K"),
    ],
)
def test_another_category_than_the_counted_one_is_named(
    declared: Any, count: int, right: str | None
) -> None:
    found = size_mismatch(make_metadata(size_categories=declared), counted(count))
    assert (found.counted if found else None) == right
    if found:
        assert str(count) in found.words.replace(",", "")


def test_what_was_not_counted_proves_nothing() -> None:
    metadata = make_metadata(size_categories="n<1K")
    assert size_mismatch(metadata, None) is None
    assert size_mismatch(metadata, counted(10**9, sample=True)) is None
    assert size_mismatch(make_metadata(size_categories=None), counted(10**9)) is None
