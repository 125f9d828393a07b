from __future__ import annotations

import pytest

from huggingnersc.hub_server.protocol.client_text import (
    MAX_JSON_DEPTH,
    MAX_NUMBER,
    load_json,
    read_json,
    whole_number,
)

pytestmark = pytest.mark.attack("odd requests")


@pytest.mark.parametrize("text", ["0", "7", "0012", str(MAX_NUMBER)])
def test_ascii_digits_are_a_number(text: str) -> None:
    assert whole_number(text) == int(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-1",
        "+1",
        " 1",
        "1 ",
        "1_0",
        "1.0",
        "²",
        "٣",
        "१",
        "x",
        str(MAX_NUMBER + 1),
        "9" * 5000,
    ],
)
def test_what_only_looks_like_a_number_is_none(text: str) -> None:
    assert whole_number(text) is None


def test_json_is_read_with_and_without_a_byte_order_mark() -> None:
    assert read_json(b'{"a": [1, "\xc3\xa4"]}') == {"a": [1, "ä"]}
    assert read_json(b"\xef\xbb\xbf{}") == {}


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{", b"\xff", b'"\\ud800"', b'"\xed\xa0\x80"', '"x"'.encode("utf-16"),
        b"9" * 5000, b"[" * (MAX_JSON_DEPTH + 1) + b"]" * (MAX_JSON_DEPTH + 1), b"[" * 100_000,
        b'{"a":' * 90 + b"1" + b"}" * 90,
    ],
    ids=lambda data: str(data[:8]),
)  # fmt: skip
def test_json_that_could_not_be_stored_or_shown_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_json(data)


def test_a_line_of_a_commit_keeps_text_that_is_cleaned_later() -> None:
    assert load_json(b'"\\ud800"') == "\ud800"
