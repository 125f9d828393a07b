"""The names of headings in addresses, as GitHub and the Hub make them."""

from __future__ import annotations

import unicodedata

_KEPT_SIGNS = frozenset("-_ ")
_KEPT_KINDS = ("L", "M", "Nd", "Nl", "Pc")


class Slugs:
    """Names the headings of one page, each name once."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}

    @property
    def count(self) -> int:
        """How many headings there are."""
        return len(self._last)

    def add(self, words: str) -> str:
        """Return the name of the next heading; a second one of the same words gets a number."""
        first = name = slug(words)
        while name in self._last:
            self._last[first] += 1
            name = f"{first}-{self._last[first]}"
        self._last[name] = 0
        return name


def slug(words: str) -> str:
    """Return words as GitHub writes them: lower case, no punctuation, a hyphen for each space.

    GitHub's own rule has an empty name for a heading of signs only; here it is `section`.
    """
    kept = "".join(sign for sign in words.lower() if _is_kept(sign))
    return kept.replace(" ", "-") or "section"


def _is_kept(sign: str) -> bool:
    return sign in _KEPT_SIGNS or unicodedata.category(sign).startswith(_KEPT_KINDS)
