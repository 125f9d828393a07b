"""What to do about a record that cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.domain.shell_words import shell_word

if TYPE_CHECKING:
    from pathlib import PurePath


def moving_away(folder: PurePath) -> str:
    """Give the command that keeps a folder but takes it out of the way."""
    return f"mv {shell_word(folder)} {shell_word(f'{folder}.damaged')}"


def ways_out(folder: PurePath) -> str:
    """Say what helps where the record in `folder` is damaged; for a hint."""
    return (
        "Mend the file, restore it from a snapshot, or move the folder away and catalog the "
        f"dataset anew: {moving_away(folder)}"
    )
