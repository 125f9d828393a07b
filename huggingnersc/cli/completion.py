"""What the Tab key offers for arguments and options; given to Typer as `autocompletion`."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def complete_nickname(context: typer.Context, incomplete: str) -> list[str]:
    """Offer the cataloged nicknames of the site that the line names."""
    from huggingnersc.api.completion import known_nicknames

    return _beginning_with(incomplete, known_nicknames(context.params.get("site")))


def complete_new_or_nickname(context: typer.Context, incomplete: str) -> list[str]:
    """Offer nicknames for the first of several words; the others are the shell's to complete."""
    return [] if context.params.get("dataset") else complete_nickname(context, incomplete)


def complete_removed(context: typer.Context, incomplete: str) -> list[str]:
    """Offer the nicknames of which something was removed."""
    from huggingnersc.api.completion import removed_nicknames

    return _beginning_with(incomplete, removed_nicknames(context.params.get("site")))


def complete_removal_time(context: typer.Context, incomplete: str) -> list[str]:
    """Offer when the dataset that the line names was removed."""
    from huggingnersc.api.completion import removal_times

    # The line ends with an option that has no value yet, so its words were not given to arguments.
    nickname = context.params.get("nickname") or next(iter(context.args), None)
    return _beginning_with(incomplete, removal_times(nickname, context.params.get("site")))


def complete_site(incomplete: str) -> list[str]:
    """Offer the sites that come with the program; a TOML file is the shell's to complete."""
    from huggingnersc.api.completion import known_sites

    return _beginning_with(incomplete, known_sites())


def complete_value(tag: str) -> Callable[[typer.Context, str], list[str]]:
    """Make the completion of an option that takes the allowed values of a datacard tag."""

    def complete(context: typer.Context, incomplete: str) -> list[str]:
        from huggingnersc.api.completion import known_values

        return _beginning_with(incomplete, known_values(tag, context.params.get("site")))

    return complete


class _BashWord(str):
    """A word that is written with backslashes, and compared with what was typed without them.

    zsh and fish quote what they insert; bash inserts it as it is. Typer compares the word, then
    formats it for bash.
    """

    __slots__ = ()

    def __format__(self, _form: str) -> str:
        return re.sub(r"[^\w@%+=:,./-]", r"\\\g<0>", self)


def _beginning_with(incomplete: str, words: Iterable[str]) -> list[str]:
    kind = _BashWord if _bash_inserts_as_it_is() else str
    return [kind(word) for word in words if word.startswith(incomplete)]


def _bash_inserts_as_it_is() -> bool:
    """Return whether bash asks, for a word without a quote at its beginning.

    Behind one, it adds that.
    """
    typed = os.environ.get("COMP_WORDS")  # how bash, and no other shell, hands over the line
    if typed is None:
        return False
    at = int(os.environ.get("COMP_CWORD", "0"))
    return not "".join(typed.split("\n")[at : at + 1]).startswith(("'", '"'))
