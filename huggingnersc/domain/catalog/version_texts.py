"""The rules for what people write about a version: its message and its labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.metadata.strict_json import quoted
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_MESSAGE_CHARS = 4_000
MAX_LABEL_CHARS = 64


def message_problems(message: str) -> tuple[Problem, ...]:
    """Return what is wrong with a message: its length, or characters that no one can see."""
    if len(message) > MAX_MESSAGE_CHARS:
        text = f"has {len(message):,} characters; a message has at most {MAX_MESSAGE_CHARS:,}"
        return (Problem(Field.MESSAGE, text),)
    if not all(line.isprintable() for line in message.expandtabs().split("\n")):
        return (Problem(Field.MESSAGE, f"{quoted(message)} has characters that do not print"),)
    return ()


def label_problems(labels: Iterable[str]) -> tuple[Problem, ...]:
    """Return which labels are no words: lists of labels have commas or spaces between them."""
    return tuple(
        Problem(Field.LABEL, f"{quoted(label)} is no label: {reason}")
        for label in labels
        if (reason := _label_fault(label))
    )


def _label_fault(label: str) -> str:
    if not label:
        return "it is empty"
    if len(label) > MAX_LABEL_CHARS:
        return f"it has more than {MAX_LABEL_CHARS} characters"
    if not label.isprintable() or " " in label or "," in label:
        return "it may not hold spaces, commas or characters that do not print"
    return ""
