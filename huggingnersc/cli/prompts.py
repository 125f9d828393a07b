"""Questions on a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from huggingnersc.cli.output import note, prompt

if TYPE_CHECKING:
    from huggingnersc.domain.draft.answers import Ask, Question


def terminal_ask(*, wanted: bool = True) -> Ask | None:
    """Return what asks on the terminal; None where nobody can answer, or nobody wants to."""
    return ask if wanted and sys.stdin.isatty() and sys.stderr.isatty() else None


def ask(question: Question, complaint: str | None) -> str:
    """Ask one question on stderr.

    Raises:
        KeyboardInterrupt: the input ends (Ctrl-D); whoever leaves has not said yes.
    """
    if complaint:
        note(f"  {complaint}", style="yellow")
    elif question.choices:
        note(f"  {', '.join(question.choices)}", style="dim")
    how = "several with commas; " if question.many else ""
    default = question.proposal or ("needed" if question.required else "none")
    answer = prompt(f"{question.text} ({how}Enter: {default})")
    if answer is None:
        raise KeyboardInterrupt
    return answer
