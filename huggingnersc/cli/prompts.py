"""Questions on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from huggingnersc.cli.output import note, prompt
from huggingnersc.domain.draft.answers import Question, complaint_about, read_value, with_answer

if TYPE_CHECKING:
    from huggingnersc.api.draft.init_dataset import PendingDraft
    from huggingnersc.domain.draft.answers import Answers

_MOST_CHOICES = 100
# Takes a question and why its last answer was refused; returns what was typed.
Ask = Callable[[Question, str | None], str]


def ask_on_terminal(pending: PendingDraft, *, enabled: bool) -> PendingDraft:
    """Ask for what a draft lacks, on a terminal and where `enabled` is true."""
    if not (enabled and sys.stdin.isatty() and sys.stderr.isatty()):
        return pending
    answers = pending.answers
    for question in pending.questions:
        answers = answer(answers, question, ask)
    return pending.with_answers(answers)


def answer(answers: Answers, question: Question, ask: Ask) -> Answers:
    """Ask a question until its answer is allowed; an empty answer takes the proposal."""
    complaint = None
    while True:
        typed = ask(question, complaint).strip()
        value = read_value(question, typed or question.proposal or "")
        complaint = complaint_about(question, value)
        if complaint is None:
            return with_answer(answers, question, value)


def ask(question: Question, complaint: str | None) -> str:
    """Ask one question on stderr.

    Raises:
        KeyboardInterrupt: the input ends (Ctrl-D), which is not an answer.
    """
    if complaint:
        note(f"  {complaint}", style="yellow")
    elif question.choices:
        shown, more = question.choices[:_MOST_CHOICES], len(question.choices) - _MOST_CHOICES
        rest = f", ... ({more:,} more)" if more > 0 else ""
        note(f"  {', '.join(shown)}{rest}", style="dim")
    how = "several with commas; " if question.many else ""
    default = question.proposal or ("required" if question.required else "none")
    typed = prompt(f"{question.text} ({how}Enter: {default})")
    if typed is None:
        raise KeyboardInterrupt
    return typed
