"""Texts that try to drive or to deceive a terminal, and a judge of what a terminal was sent."""

from __future__ import annotations

import unicodedata

from tests.terminal import unstyled

# A window title, a cleared screen, C1, directions, line separators, forged lines, Rich's markup.
HOSTILE = (
    "\x1b]0;owned\x07\x1b[2J\x9b31m\u202eevil\u2066\u200f\u061c\u2028x\rfake\n"
    "error: forged\tcell [red]m[/red] [link=http://evil]l[/link] [/] \u200b\ufeff\x7f"
)
HOSTILE_FILE = HOSTILE.replace("/", "|").encode() + b"\xff"  # a name that is no text, too
FRIENDLY = "مجموعة بيانات ערכת נתונים 天気 👩‍🔬 é"
_DIRECTIONS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_INVISIBLE = "\u2028\u2029\u200b\ufeff"


def harm(shown: str) -> set[str]:
    """Return the characters of an output that could harm, and the line that a value forged."""
    text = unstyled(shown)
    found = {
        character
        for character in text
        if (unicodedata.category(character) in {"Cc", "Cs"} and character not in "\n\t")
        or character in _DIRECTIONS + _INVISIBLE
    }
    return found | {line for line in text.split("\n") if line.startswith("error: forged")}


def poisoned(value: object) -> object:
    """Return a JSON value with the hostile text at the end of every text in it, keys included."""
    if isinstance(value, str):
        return value + HOSTILE
    if isinstance(value, list):
        return [poisoned(item) for item in value]
    if isinstance(value, dict):
        return {key: poisoned(item) for key, item in value.items()} | {HOSTILE: HOSTILE}
    return value
