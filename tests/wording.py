"""Commands as a user types them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.cli.program import command_words, worded
from huggingnersc.domain.text.shell import shell_word
from huggingnersc.fixes import Fix, Message, ShellCommand

if TYPE_CHECKING:
    from huggingnersc.fixes import Command, Text


def typed(fix: Command) -> str:
    """Return the line that `run` takes, or a command for bash."""
    return " ".join(map(shell_word, command_words(fix))) if isinstance(fix, Fix) else worded(fix)


def fixes_in(text: Text | None) -> list[Fix]:
    """Return the calls of verbs in a text, in order."""
    parts = text.parts if isinstance(text, Message) else ()
    return [
        fix
        for part in parts
        for fix in (fixes_in(part) if isinstance(part, Message) else [part])
        if isinstance(fix, Fix)
    ]


def shell_command_in(text: Text | None) -> str:
    """Return the one command for bash in a text."""
    assert isinstance(text, Message)
    nested = [part for part in text.parts if isinstance(part, Message)]
    (command,) = [
        part for one in (text, *nested) for part in one.parts if isinstance(part, ShellCommand)
    ]
    return command.text
