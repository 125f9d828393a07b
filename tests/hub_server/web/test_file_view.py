from __future__ import annotations

import pytest

from huggingnersc.hub_server.web.file_view import (
    PICTURE_LIMIT,
    TEXT_LIMIT,
    View,
    read_text,
    view_of,
)


@pytest.mark.parametrize(
    ("path", "sample", "view"),
    [
        ("README.md", b"# a", View.MARKDOWN),
        ("a.ipynb", b"{}", View.NOTEBOOK),
        ("a.CSV", b"a,b", View.CSV),
        ("a.csv", b"a\0b", View.BINARY),
        ("a.parquet", b"PAR1\0", View.PARQUET),
        ("a.png", b"\x89PNG\0", View.PICTURE),
        ("a.svg", b"<svg>", View.TEXT),
        ("a.html", b"<p>", View.TEXT),
        ("LICENSE", b"MIT", View.TEXT),
        ("a.bin", b"\0", View.BINARY),
    ],
)
def test_a_file_is_shown_by_its_name_and_first_bytes(path: str, sample: bytes, view: View) -> None:
    assert view_of(path, size_bytes=len(sample), sample=sample) is view


def test_a_file_that_is_too_large_is_shown_in_a_cheaper_way() -> None:
    assert view_of("a.png", size_bytes=PICTURE_LIMIT + 1, sample=b"") is View.BINARY
    assert view_of("a.ipynb", size_bytes=10**9, sample=b"{") is View.TEXT


def test_text_cut_inside_a_character_is_no_broken_text() -> None:
    assert read_text("né".encode()[:-1]) == ("n", "")
    assert read_text(b"a\xffb") == ("a\ufffdb", "not UTF-8: some characters are replaced")


def test_a_file_at_its_limit_is_still_shown_in_full() -> None:
    assert view_of("a.png", size_bytes=PICTURE_LIMIT, sample=b"") is View.PICTURE
    assert view_of("a.ipynb", size_bytes=8 * TEXT_LIMIT, sample=b"{") is View.NOTEBOOK


def test_a_zero_byte_counts_only_in_the_first_8000_bytes() -> None:
    assert view_of("a.txt", size_bytes=9_000, sample=b"x" * 7_999 + b"\0") is View.BINARY
    assert view_of("a.txt", size_bytes=9_000, sample=b"x" * 8_000 + b"\0") is View.TEXT


@pytest.mark.parametrize("size", [1, 2, 3])
def test_every_cut_of_a_character_of_four_bytes_is_left_out(size: int) -> None:
    assert read_text(b"ab" + "\U0001f600".encode()[:size]) == ("ab", "")


def test_whole_text_is_returned_as_it_is() -> None:
    assert read_text("né \U0001f600".encode()) == ("né \U0001f600", "")
    assert read_text(b"") == ("", "")
