"""Addresses of files below the link of their dataset."""

from __future__ import annotations

import pytest

from huggingnersc.domain.loading.file_addresses import file_base, file_url, portal_base


@pytest.mark.parametrize(
    ("link", "base"),
    [
        ("https://portal/a b/ü", "https://portal/a%20b/%C3%BC/"),
        ("HTTP://portal/a%20b//", "HTTP://portal/a%20b/"),
        ("https://portal/a?", "https://portal/a/"),
        ("https://portal/a/?#", "https://portal/a/"),
        ("https://portal/a?b", ""),
        ("https://portal/a#b?", ""),
        ("file:///data/a", ""),
        ("", ""),
    ],
)
def test_a_portal_has_files_below_its_path(link: str, base: str) -> None:
    assert portal_base(link) == base


def test_a_path_is_quoted_whatever_is_in_it() -> None:
    base = file_base("file:///data/a%20b")
    assert file_url(base, "c/d e?#%.csv") == "file:///data/a%20b/c/d%20e%3F%23%25.csv"
    assert file_url(base, b"\xff~.csv") == "file:///data/a%20b/%FF~.csv"
