"""The search for secrets in one reading of a text: one pass for all marks, one for long words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from huggingnersc.domain.scan.secret_forms import secret_forms
from huggingnersc.domain.scan.secret_values import is_cased, is_random

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


_LONG_WORD = re.compile(r"[A-Za-z0-9+/=_.-]{32,}")
_DISCORD = r"[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,38}"
_MAX_RANDOM_CHARS = 200  # longer words are data, such as pictures in notebooks


@dataclass(frozen=True, slots=True)
class Found:
    """A secret in a text: what it looks like, and where it begins and ends."""

    kind: str
    start: int
    end: int


def search(text: str) -> list[Found]:
    """Return every secret in `text`, the most certain forms first; they may overlap."""
    return [*_secrets_of_forms(text), *_random_secrets(text)]


def _secrets_of_forms(text: str) -> list[Found]:
    forms = secret_forms()
    found = [
        (place, *span)
        for index, places in _marks_in(_folded(text))
        for place in places
        if (span := forms[place].secret_at(text, index))
    ]
    return [Found(forms[place].kind, start, end) for place, start, end in sorted(found)]


def _random_secrets(text: str) -> Iterator[Found]:
    """Yield every word that is random enough to be a secret, though nothing says so."""
    for match in _LONG_WORD.finditer(text):
        if kind := _kind(match, text):
            yield Found(kind, *match.span())


def _kind(match: re.Match[str], text: str) -> str | None:
    word, (start, end) = match[0], match.span()
    if len(word) > _MAX_RANDOM_CHARS:
        return None
    if re.fullmatch(_DISCORD, word) and is_cased(word):
        return "a Discord token"
    is_quoted = text[start - 1 : start] in {"'", '"'} and text[end : end + 1] == text[start - 1]
    is_aws_secret = re.fullmatch(r"[A-Za-z0-9+/]{40}", word) is not None
    return "a random key" if (is_quoted or is_aws_secret) and is_random(word) else None


def _folded(text: str) -> str:
    """Return `text` in lower case with `?` for each character that is not ASCII."""
    return (text if text.isascii() else text.encode("ascii", "replace").decode()).lower()


def _marks_in(folded: str) -> Iterator[tuple[int, list[int]]]:
    """Yield each index where marks are, and the places in `secret_forms` of their forms."""
    pattern, longer = _marks()
    found = pattern.search(folded)
    while found:
        index = found.start()
        marks = [mark for mark in longer[found[0]] if folded.startswith(mark, index)]
        yield index, [place for mark in marks for place in longer[found[0]][mark]]
        found = pattern.search(folded, index + 1)


@cache
def _marks() -> tuple[re.Pattern[str], dict[str, dict[str, list[int]]]]:
    """Return a pattern that finds the shortest mark, and the forms by shortest and whole mark."""
    forms: dict[str, list[int]] = {}
    for place, form in enumerate(secret_forms()):
        for mark in form.marks:
            forms.setdefault(mark, []).append(place)
    pattern = re.compile(_tree(forms))
    longer: dict[str, dict[str, list[int]]] = {}
    for mark, places in forms.items():
        if shortest := pattern.match(mark):
            longer.setdefault(shortest[0], {})[mark] = places
    return pattern, longer


def _tree(words: Iterable[str]) -> str:
    """Return a pattern that matches the shortest of `words`, quickly: they share beginnings."""
    rests: dict[str, set[str]] = {}
    for word in words:
        rests.setdefault(word[:1], set()).add(word[1:])
    if "" in rests:
        return ""
    parts = [re.escape(first) + _tree(rest) for first, rest in sorted(rests.items())]
    return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"
