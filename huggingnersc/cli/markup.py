"""Text in Rich's markup."""

from __future__ import annotations

import re

_BRACKET = re.compile(r"(\\*)\[(?P<tag>[a-z#/@][^\[]*?\])?")  # as Rich recognizes tags
_AT_END = re.compile(r"\\+\Z")


def escape(text: str) -> str:
    """Return `text` so that Rich shows it as it is, brackets and backslashes included.

    Rich halves backslashes before a tag, takes one away before another bracket, and keeps all
    others. Rich's own function knows the first of these rules only. Backslashes at the end are
    doubled and get a tag, whatever follows.
    """
    return _AT_END.sub(_doubled, _BRACKET.sub(_escaped, text))


def _escaped(found: re.Match[str]) -> str:
    before, tag = found[1], found["tag"] or ""
    return "".join((before, before if tag else "", "\\[", tag))


def _doubled(found: re.Match[str]) -> str:
    return f"{found[0] * 2}[none][/none]"
