"""A text as a person reads it: without invisible characters, and with split strings joined."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Format characters, fillers, variation selectors and tags: nothing of them is seen.
_INVISIBLE = (
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e01ef]+"
)
# "hf_" "abc", 'hf_' + \n 'abc', and a line that a backslash continues.
_JOINT = (
    r"[\"'`](?<=[\w.~+/=-][\"'`])[ \t\r\n+\\]{0,240}(?:#[^\n]{0,240}\n[ \t\r\n+\\]{0,240})?"
    r"[bBfFrRuU]{0,2}[\"'`](?=[\w.~+/=-])|\\\r?\n[ \t]{0,240}"
)
_REACH_CHARS = 2000  # from a joint to both ends of what is read with it


@dataclass(frozen=True, slots=True)
class Reading:
    """A text without some of its parts.

    Attributes:
        text: what is left.
        cuts: for each part, in order: where in `text` it was, and how many characters of the
            original are cut up to its end.
    """

    text: str
    cuts: tuple[tuple[int, int], ...] = ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where a part of `text` that is not empty begins and ends in the original."""
        return self.place(start), self.place(end - 1) + 1

    def place(self, index: int) -> int:
        """Return the index in the original of the character at `index` of `text`."""
        found = bisect_right(self.cuts, index, key=_index)
        return index + (self.cuts[found - 1][1] if found else 0)


def readings(text: str) -> Iterator[Reading]:
    """Yield the text without invisible characters, then each line that joining strings makes."""
    visible = Reading(text) if text.isascii() else _without(_INVISIBLE, text)
    yield visible
    joined = _without(_JOINT, visible.text)
    end = 0
    for index, _ in joined.cuts:
        if index >= end:
            start = max(joined.text.rfind("\n", 0, index) + 1, index - _REACH_CHARS)
            end = joined.text.find("\n", index)
            end = min(end if end >= 0 else len(joined.text), index + _REACH_CHARS)
            yield _part(joined, visible, start, end)


def _part(joined: Reading, visible: Reading, start: int, end: int) -> Reading:
    first = bisect_right(joined.cuts, start, key=_index)
    last = bisect_right(joined.cuts, end, key=_index)
    begins = (start, *(index for index, _ in joined.cuts[first:last]))
    cuts = (visible.place(joined.place(index)) - index + start for index in begins)
    at = (index - start for index in begins)
    return Reading(joined.text[start:end], tuple(zip(at, cuts, strict=True)))


def _without(pattern: str, text: str) -> Reading:
    kept, cuts, end, cut = [], [], 0, 0
    for found in re.finditer(pattern, text):
        kept.append(text[end : found.start()])
        cut += found.end() - found.start()
        end = found.end()
        cuts.append((end - cut, cut))
    return Reading("".join((*kept, text[end:])), tuple(cuts))


def _index(cut: tuple[int, int]) -> int:
    return cut[0]
