"""The one script of the pages: it adds copy buttons, and without it nothing is missing."""

from __future__ import annotations

from functools import cache

from markupsafe import Markup

from huggingnersc.assets import asset

SCRIPT_SOURCE = "'sha256-AD3GOkZgll75qDqjlqoGxnjGOjq+rC0k+Aj2XbWQC9s='"
"""The hash of `page.js`, all that the Content-Security-Policy lets run; a test compares them."""


@cache
def page_script() -> Markup:
    """Return the script as it stands in every page, byte for byte what its hash is of."""
    text = (asset("templates") / "hub" / "page.js").read_text(encoding="utf-8")
    return Markup(text)  # noqa: S704 - a file of the program
