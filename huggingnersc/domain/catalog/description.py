"""The description on a card: a dataset's `about`, between two lines where stewards may edit it."""

from __future__ import annotations

import re

from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.text.safe_markdown import MAX_CHARS, SafeMarkdown, safe_markdown
from huggingnersc.problems import Problem

BEGIN = "<!-- huggingnersc: description, edit here -->"
END = "<!-- huggingnersc: end of description -->"
_MARKER = re.compile(r"<!--\s*huggingnersc:", re.IGNORECASE)


def description(about: str, *, title: str = "") -> SafeMarkdown:
    """Return a description as a card shows it, without lines like the two around it."""
    return safe_markdown(_MARKER.sub("<!-- huggingnersc -", about), title=title)


def description_block(about: str) -> str:
    """Return the lines of the card that a steward may edit; no line end at the end."""
    text = description(about).text
    return "\n\n".join((BEGIN, text, END) if text else (BEGIN, END))


def description_problems(about: str) -> tuple[Problem, ...]:
    """Refuse a description that is too long, or shows nothing although it is not empty."""
    if len(about) > MAX_CHARS:
        message = f"has {len(about):,} characters; a description has at most {MAX_CHARS:,}"
        return (Problem(Field.ABOUT, message),)
    if about and not description(about).text:
        return (Problem(Field.ABOUT, "holds no text that a card can show"),)
    return ()


def taken_description(recorded: str | None, edited: str) -> tuple[str, bool]:
    """Return the description of a card that someone edited, and whether nothing else was edited.

    Line ends and white space at the ends of lines are not compared: editors change them.

    Args:
        recorded: the card as it was published; None where it is not known.
        edited: the card as it is now.

    Raises:
        ValueError: one of the description's two lines is missing, or is there more than once; the
            sentence says which.
    """
    lines = _lines(edited)
    frame = _frame(recorded)
    if frame and _is_within(lines, *frame):
        head, tail = frame
        region = lines[len(head) : len(lines) - len(tail)]
        if found := [mark for mark in (BEGIN, END) if mark in region]:
            raise ValueError(f"the line {found[0]} is there more than once")
        return "\n".join(region).strip("\n"), True
    begin, end = _place(lines, BEGIN), _place(lines, END)
    if end < begin:
        raise ValueError(f"the line {END} comes before {BEGIN}")
    return "\n".join(lines[begin + 1 : end]).strip("\n"), False


def is_only_description(recorded: str | None, edited: str) -> bool:
    """Return whether two cards are the same but for the description."""
    try:
        return taken_description(recorded, edited)[1]
    except ValueError:
        return False


def _frame(recorded: str | None) -> tuple[list[str], list[str]] | None:
    """Return the lines of a card down to its description, and from there on."""
    lines = _lines(recorded or "")
    if BEGIN not in lines or END not in lines:
        return None
    return lines[: lines.index(BEGIN) + 1], lines[lines.index(END) :]


def _is_within(lines: list[str], head: list[str], tail: list[str]) -> bool:
    has_room = len(lines) >= len(head) + len(tail)
    return has_room and lines[: len(head)] == head and lines[-len(tail) :] == tail


def _place(lines: list[str], mark: str) -> int:
    if (count := lines.count(mark)) != 1:
        found = "more than once" if count else "no longer"
        raise ValueError(f"the line {mark} is {found} there")
    return lines.index(mark)


def _lines(card: str) -> list[str]:
    text = card.replace("\r\n", "\n").replace("\r", "\n")
    lines = [line.rstrip() for line in text.split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    return lines
