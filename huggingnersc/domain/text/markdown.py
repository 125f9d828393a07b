"""Escaping of text for Markdown (CommonMark 0.31 with GitHub's extensions)."""

from __future__ import annotations

import re
from urllib.parse import quote

_MARKUP = re.compile(r"([\\`*_\[\]<>&|~$#!])")
# Controls, line and paragraph separators, direction overrides ("Trojan Source"), surrogates.
_BREAKING = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028-\\u202e\\u2066-\\u2069\\ud800-\\udfff]")
_BLOCK_START = re.compile(r"^([0-9]{1,9}(?=[.)])|(?=[-+]))")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_BACKTICKS = re.compile(r"`+")


def one_line(text: str) -> str:
    """Return `text` on one line; each run of white space and controls becomes one space."""
    return " ".join(unbroken(text).split())


def unbroken(text: str) -> str:
    """Return `text` with each control, line separator and direction override as a space."""
    return _BREAKING.sub(" ", text)


def inline(text: str) -> str:
    """Escape `text` for a line of Markdown, so that no markup, HTML, list or entity is read.

    A bare web address stays as it is; GitHub's Markdown makes it a link to itself.
    """
    return _BLOCK_START.sub(r"\1\\", cell(text))


def cell(text: str) -> str:
    """Escape `text` for a cell of a table, where no list starts and a number stays as it is."""
    return _MARKUP.sub(r"\\\1", one_line(text))


def code_span(text: str) -> str:
    """Return `text` as inline code, whatever backticks it contains; its spaces are kept."""
    content = unbroken(text)
    ticks = "`" * (_longest_run(content) + 1)
    padding = " " if content[:1] in {"", "`", " "} or content[-1:] in {"`", " "} else ""
    return f"{ticks}{padding}{content}{padding}{ticks}"


def fence(code: str, language: str = "") -> str:
    """Return `code` as a fenced block that nothing in it can end; no trailing newline."""
    ticks = "`" * max(3, _longest_run(code) + 1)
    body = code if code.endswith("\n") or not code else f"{code}\n"
    return f"{ticks}{language}\n{body}{ticks}"


def link(label: str, url: str) -> str:
    """Return a link to exactly `url`; characters that could end it are percent-encoded."""
    return f"[{inline(label)}]({_ENTITY.sub('&amp;', encoded_url(url))})"


def encoded_url(url: str) -> str:
    """Percent-encode every character that is not allowed in a URL; `%` is kept."""
    return quote(url, safe="%/:=&?~#+!$,;'@*-._", errors="replace").replace("'", "%27")


def _longest_run(text: str) -> int:
    return max((len(run) for run in _BACKTICKS.findall(text)), default=0)
