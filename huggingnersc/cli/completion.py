"""Tab completion of arguments and options, for the parameter `autocompletion` of Typer."""

from __future__ import annotations

import os
import re
from contextvars import ContextVar
from typing import TYPE_CHECKING

import typer

from huggingnersc.domain.text.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


_is_broken = ContextVar("is_broken", default=False)  # the word to complete, at an @


def join_broken_words() -> None:
    """Put together the words of a line that bash has broken at an `@`, as in `iris@v1`.

    They are in the environment, where Typer reads them; `iris`, `@` and `v1` become one word.
    """
    words, at = os.environ["COMP_WORDS"].split("\n"), int(os.environ["COMP_CWORD"])
    if len(words) <= at:  # someone's own script, which puts spaces between them
        return
    before = _joined(words[:at])
    joined = _joined([*before, words[at]])
    _is_broken.set(len(joined) == len(before))
    os.environ |= {"COMP_WORDS": "\n".join(joined), "COMP_CWORD": str(len(joined) - 1)}


def _joined(words: Iterable[str]) -> list[str]:
    joined: list[str] = []
    for word in words:
        if joined and _is_part(joined[-1], word):
            joined[-1] += word
        else:
            joined.append(word)
    return joined


def _is_part(before: str, word: str) -> bool:
    return bool(before) and (word == "@" or (bool(word) and before.endswith("@")))


def complete_nickname(context: typer.Context, incomplete: str) -> list[str]:
    """Return the cataloged nicknames of the site on the command line."""
    from huggingnersc.api.completion import known_nicknames

    return _starting_with(incomplete, known_nicknames(context.params.get("site")))


def complete_version(context: typer.Context, incomplete: str) -> list[str]:
    """Return nicknames, and after `iris@` the versions of iris."""
    from huggingnersc.api.completion import known_versions

    nickname, at, _ = incomplete.partition("@")
    if not at:
        return complete_nickname(context, incomplete)
    return _starting_with(incomplete, known_versions(nickname, context.params.get("site")))


def complete_new_or_nickname(context: typer.Context, incomplete: str) -> list[str]:
    """Return nicknames for the first of several words; the shell completes the others."""
    return [] if context.params.get("dataset") else complete_nickname(context, incomplete)


def complete_removed(context: typer.Context, incomplete: str) -> list[str]:
    """Return the nicknames of removed datasets."""
    from huggingnersc.api.completion import removed_nicknames

    return _starting_with(incomplete, removed_nicknames(context.params.get("site")))


def complete_removal_time(context: typer.Context, incomplete: str) -> list[str]:
    """Return the times at which the dataset on the command line was removed."""
    from huggingnersc.api.completion import removal_times

    # The line ends with an option without its value, so Typer has not filled the arguments.
    nickname = context.params.get("nickname") or next(iter(context.args), None)
    return _starting_with(incomplete, removal_times(nickname, context.params.get("site")))


def complete_run(context: typer.Context, incomplete: str) -> list[str]:
    """Return the ids of the runs of this user."""
    from huggingnersc.api.completion import known_runs

    return _starting_with(incomplete, known_runs(context.params.get("site")))


def complete_site(incomplete: str) -> list[str]:
    """Return the sites shipped with the program; the shell completes a TOML file."""
    from huggingnersc.api.completion import known_sites

    return _starting_with(incomplete, known_sites())


def complete_schema(incomplete: str) -> list[str]:
    """Return the metadata schemas that come with the program."""
    from huggingnersc.domain.site import SchemaName

    return _starting_with(incomplete, SchemaName)


def complete_value(tag: str) -> Callable[[typer.Context, str], list[str]]:
    """Return the completion of an option that takes the allowed values of a datacard tag."""

    def complete(context: typer.Context, incomplete: str) -> list[str]:
        from huggingnersc.api.completion import known_values

        site, schema = context.params.get("site"), context.params.get("schema") or ""
        return _starting_with(incomplete, known_values(tag, site, schema))

    return complete


class _BashWord(str):
    """A word that is compared without backslashes and formatted with them.

    zsh and fish quote the word that they insert; bash does not. Typer compares the word with what
    was typed, then formats it for bash, which replaces a word that it broke from its last @ on.
    """

    __slots__ = ()

    def __format__(self, _form: str) -> str:
        word = self[self.rindex("@") :] if _is_broken.get() else self
        return re.sub(r"[^\w@%+=:,./-]", r"\\\g<0>", word)


def _starting_with(incomplete: str, words: Iterable[str]) -> list[str]:
    """Return the words that begin so, but none that a shell could not show as it is."""
    kind = _BashWord if _needs_backslashes() else str
    return [kind(word) for word in words if word.startswith(incomplete) and visible(word) == word]


def _needs_backslashes() -> bool:
    """Return whether the shell is bash and the word does not begin with a quote.

    After an opening quote bash adds the closing one.
    """
    typed = os.environ.get("COMP_WORDS")  # only bash passes the line in this variable
    if typed is None:
        return False
    at = int(os.environ.get("COMP_CWORD", "0"))
    return not "".join(typed.split("\n")[at : at + 1]).startswith(("'", '"'))
