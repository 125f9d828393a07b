"""Detection of secrets in text that is about to become public."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.domain.scan.secret_forms import secret_forms

if TYPE_CHECKING:
    import re

_HASH_DIGITS = 12
# The first three characters of a value this long identify it to its owner without revealing it.
_SHOWN_FROM_CHARS = 20


@dataclass(frozen=True, slots=True)
class Secret:
    """A line that looks like it contains a secret; the secret itself is not stored here.

    Attributes:
        line: the line number, from 1.
        kind: what it looks like, such as "a GitHub token".
        masked: the value with all but its first characters hidden.
        line_hash: identifies the content of the line, so that its owner can declare it harmless.
    """

    line: int
    kind: str
    masked: str
    line_hash: str


def find_secrets(text: str) -> tuple[Secret, ...]:
    """Return every line of `text` that looks like it contains a secret, in order, each once."""
    found: dict[int, Secret] = {}
    folded_text = text.casefold()
    for form in secret_forms():
        for match in form.matches(text, folded_text):
            line = text.count("\n", 0, match.start("value")) + 1
            if line not in found:
                found[line] = Secret(
                    line, form.kind, _masked(match["value"]), line_hash(_lines_of(text, match))
                )
    return tuple(found[line] for line in sorted(found))


def line_hash(line: str) -> str:
    """Return the hash of a line without the space around it: 12 hexadecimal digits."""
    return hashlib.sha256(line.strip().encode(errors="replace")).hexdigest()[:_HASH_DIGITS]


def _lines_of(text: str, match: re.Match[str]) -> str:
    start = text.rfind("\n", 0, match.start()) + 1
    end = text.find("\n", match.end())
    return text[start : end if end >= 0 else len(text)]


def _masked(value: str) -> str:
    shown = value[:3] if len(value) >= _SHOWN_FROM_CHARS and value.isprintable() else ""
    return f"{shown}... ({len(value)} characters)"
