from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.hub_server.protocol.ranges import (
    RangeError,
    Span,
    matches,
    parse_range,
    range_allowed,
)


@pytest.mark.parametrize(
    ("header", "span"),
    [
        ("bytes=0-", Span(0, 10)),
        ("bytes=2-4", Span(2, 5)),
        ("bytes=2-99", Span(2, 10)),
        ("bytes=-3", Span(7, 10)),
        ("bytes=-99", Span(0, 10)),
        ("bytes=5-2", None),
        ("bytes=-", None),
        ("bytes=0-1,3-4", None),
        ("lines=0-1", None),
        (None, None),
    ],
)
def test_one_range_is_understood_and_the_rest_means_everything(
    header: str | None, span: Span | None
) -> None:
    assert parse_range(header, 10) == span


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=11-12", "bytes=-0"])
def test_a_range_behind_the_end_is_an_error(header: str) -> None:
    with pytest.raises(RangeError):
        parse_range(header, 10)


@given(st.text(max_size=30), st.integers(0, 1000))
def test_a_span_always_lies_in_the_file(header: str, size: int) -> None:
    try:
        span = parse_range(f"bytes={header}", size)
    except RangeError:
        return
    assert span is None or 0 <= span.start < span.stop <= size


def test_an_etag_is_matched_in_any_of_its_forms() -> None:
    assert matches('W/"a", "b"', '"b"')
    assert matches("*", '"b"')
    assert not matches('"a"', '"b"')
    assert range_allowed(None, '"b"')
    assert not range_allowed('"a"', '"b"')
