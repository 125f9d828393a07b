from __future__ import annotations

import pytest

from huggingnersc.hub_server.protocol.media_types import disposition, media_type


@pytest.mark.parametrize("path", ["a.html", "a.HTM", "a.js", "a.css", "a.xml", "x/a.py"])
def test_text_that_a_browser_could_run_is_plain_text(path: str) -> None:
    assert media_type(path).startswith("text/plain")


def test_images_are_images_and_the_rest_is_bytes() -> None:
    assert media_type("a.PNG") == "image/png"
    assert media_type(".gitattributes").startswith("text/plain")
    assert media_type("a.xhtml") == "application/octet-stream"


def test_a_file_name_cannot_break_out_of_its_header() -> None:
    shown = disposition('x/a"; evil=\r\n\u00e4.txt', download=True)
    assert shown.isascii()
    assert "\r" not in shown
    assert shown.count('"') == 2
