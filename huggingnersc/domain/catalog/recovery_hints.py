"""What to do about a record that cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.domain.text.shell import shell_word
from huggingnersc.fixes import Message, ShellCommand

if TYPE_CHECKING:
    from pathlib import PurePath


def move_away_command(folder: PurePath) -> ShellCommand:
    """Return the command that keeps a folder but takes it out of the way."""
    return ShellCommand(f"mv {shell_word(folder)} {shell_word(f'{folder}.damaged')}")


def recovery_hint(folder: PurePath) -> Message:
    """Return what helps where the record in `folder` is damaged."""
    return Message(
        "Fix the file, restore it from a snapshot, or move the folder away and catalog the "
        "dataset again: ",
        move_away_command(folder),
    )


def delete_tag_command(repo_id: str, name: str) -> ShellCommand:
    """Return the command that deletes a tag of a dataset repository."""
    words = f"hf repos tag delete {shell_word(repo_id)} {shell_word(name)} --type dataset"
    return ShellCommand(words)
