"""Text put into Markdown so that it stays text (CommonMark 0.31 with GitHub's extensions)."""

from __future__ import annotations

import re
from urllib.parse import quote

_MARKUP = re.compile(r"([\\`*_\[\]<>&|~$#!])")
# Controls, line and paragraph separators, direction overrides ("Trojan Source"), half characters.
_BREAKING = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028-\\u202e\\u2066-\\u2069\\ud800-\\udfff]")
_BACKTICKS = re.compile(r"`+")


def one_line(text: str) -> str:
    """Give `text` on one line: white space, controls and direction overrides become one space."""
    return " ".join(_BREAKING.sub(" ", text).split())


def inline(text: str) -> str:
    """Escape `text` for use inside a line of Markdown: no markup, HTML, link or entity is read."""
    return _MARKUP.sub(r"\\\1", one_line(text))


def code_span(text: str) -> str:
    """Write `text` as inline code, whatever backticks it holds."""
    content = one_line(text)
    ticks = "`" * (_longest_run(content) + 1)
    padding = " " if content.startswith("`") or content.endswith("`") or not content else ""
    return f"{ticks}{padding}{content}{padding}{ticks}"


def fence(code: str, language: str = "") -> str:
    """Write `code` as a fenced block that nothing in it can end; no trailing newline."""
    ticks = "`" * max(3, _longest_run(code) + 1)
    body = code if code.endswith("\n") or not code else f"{code}\n"
    return f"{ticks}{language}\n{body}{ticks}"


def link(label: str, url: str) -> str:
    """Write a link; characters that could end its target are percent-encoded."""
    return f"[{inline(label)}]({encoded_url(url)})"


def encoded_url(url: str) -> str:
    """Percent-encode everything in `url` that is not allowed in an address; `%` is kept."""
    return quote(url, safe="%/:=&?~#+!$,;'@*-._").replace("'", "%27")


def _longest_run(text: str) -> int:
    return max((len(run) for run in _BACKTICKS.findall(text)), default=0)
