"""The statistics on a card: Markdown of the record, which somebody may have edited."""

from __future__ import annotations

import re

from huggingnersc.domain.text.safe_markdown import MAX_CHARS, safe_markdown

_EMPTY_LINES = re.compile("\n{2,}")
# Within the alternative text a bracket, a backslash and the like only after a backslash.
_PICTURE = re.compile(
    r"!\[(?:[^\[\]\\<>`&]|\\[!-/:-@\[-`{-~])*\]\(version/pictures/[a-z0-9][a-z0-9-]*\.png\)"
)


def card_statistics(markdown: str) -> str:
    """Return recorded statistics as a card shows them: safe, but for pictures of the version."""
    parts: list[str] = []
    words: list[str] = []
    for paragraph in _EMPTY_LINES.split(markdown[:MAX_CHARS]):
        if _PICTURE.fullmatch(paragraph):
            parts += [*_safe(words), paragraph]
            words = []
        else:
            words.append(paragraph)
    return "\n\n".join((*parts, *_safe(words)))


def _safe(paragraphs: list[str]) -> list[str]:
    text = _EMPTY_LINES.sub("\n\n", safe_markdown("\n\n".join(paragraphs)).text)
    return [text] if text else []
