"""Detection of secrets in text that is about to become public."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from huggingnersc.domain.scan.reading import readings
from huggingnersc.domain.scan.secret_search import search

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
    lines: dict[int, Secret] = {}
    for reading in readings(text):
        for found in search(reading.text):
            start, end = reading.span(found.start, found.end)
            line = text.count("\n", 0, start) + 1
            if line not in lines:
                masked = _masked(reading.text[found.start : found.end])
                content = line_hash(_lines_of(text, start, end))
                lines[line] = Secret(line, found.kind, masked, content)
    return tuple(lines[line] for line in sorted(lines))


def secret_spans(text: str) -> list[tuple[int, int]]:
    """Return where secrets are in `text`, in order; they may overlap."""
    return sorted(
        reading.span(found.start, found.end)
        for reading in readings(text)
        for found in search(reading.text)
    )


def line_hash(line: str) -> str:
    """Return the hash of a line without the space around it: 12 hexadecimal digits."""
    return hashlib.sha256(line.strip().encode(errors="replace")).hexdigest()[:_HASH_DIGITS]


def _lines_of(text: str, start: int, end: int) -> str:
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    return text[first : last if last >= 0 else len(text)]


def _masked(value: str) -> str:
    shown = value[:3] if len(value) >= _SHOWN_FROM_CHARS and value.isprintable() else ""
    return f"{shown}... ({len(value)} characters)"
