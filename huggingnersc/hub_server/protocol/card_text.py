"""What a search finds of a card, and its first sentences for a list."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from huggingnersc.hub_server.protocol.card import Card

MAX_SEARCHED = 32 * 1024
MAX_SUMMARY = 200

_SETTINGS = frozenset({"configs", "dataset_info", "model-index", "train-eval-index"})
"""Keys of the front matter that say how files are read, not what they are."""

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9-]*(?:\s[^<>]*)?>|<!--[^<>]*-->")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
_MARKS = re.compile(r"\*\*|__|[*`]")
_NO_PARAGRAPH = re.compile(r"\s*([#|>=!<]|[-*+]\s|\d+[.)]\s|\[!\[|\[[^\]]*\]:|-{3}|:?-+:?\||$)")


def searchable_text(card: Card, title: str, tags: Sequence[str]) -> str:
    """Return what a search looks in, case folded: title, tags, front matter and text.

    Code is left out: a loader imports much that its data is not. At most `MAX_SEARCHED`
    characters are returned.
    """
    body = _TAG.sub(" ", "\n".join(_prose(card.body[: 8 * MAX_SEARCHED])))
    parts = [title, *tags, *_values(card.metadata), _ESCAPED.sub(r"\1", body)]
    return "\n".join(parts).casefold()[:MAX_SEARCHED]


def summary_of(card: Card) -> str:
    """Return the first paragraph of a card as plain text of at most `MAX_SUMMARY` characters."""
    lines: list[str] = []
    for line in _prose(card.body[: 4 * MAX_SEARCHED]):
        if not _NO_PARAGRAPH.match(line):
            lines.append(line)
        elif lines:
            break
    return _shortened(_plain(" ".join(lines)[: 8 * MAX_SUMMARY]))


def _prose(text: str) -> Iterator[str]:
    """Yield the lines outside fenced code."""
    fence = ""
    for line in text.splitlines():
        found = _FENCE.match(line)
        if not fence and found:
            fence = found[1]
            yield ""
        elif not fence:
            yield line
        elif found and found[1].startswith(fence) and not line.strip(" `~"):
            fence = ""


def _values(metadata: Mapping[str, object]) -> Iterator[str]:
    for key, value in metadata.items():
        if key not in _SETTINGS:
            yield from _texts(value)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        yield from _texts(list(value.values()))


def _plain(text: str) -> str:
    shown = _MARKS.sub("", _LINK.sub(r"\1", _TAG.sub("", text)))
    return " ".join(_ESCAPED.sub(r"\1", shown).split())


def _shortened(text: str) -> str:
    if len(text) <= MAX_SUMMARY:
        return text
    kept = text[:MAX_SUMMARY].rpartition(" ")[0] or text[:MAX_SUMMARY]
    return f"{kept.rstrip(' ,;:.')}…"


def shared(summaries: Iterable[str]) -> frozenset[str]:
    """Return the summaries that stand more than once: they describe no one repository."""
    seen: set[str] = set()
    twice: set[str] = set()
    for summary in summaries:
        (twice if summary in seen else seen).add(summary)
    return frozenset(twice)
