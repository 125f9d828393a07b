"""What the Tab key offers for arguments and options; given to Typer as `autocompletion`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def complete_nickname(context: typer.Context, incomplete: str) -> list[str]:
    """Offer the cataloged nicknames of the site that the line names."""
    from huggingnersc.api.completion import known_nicknames

    return _beginning_with(incomplete, known_nicknames(context.params.get("site")))


def complete_site(incomplete: str) -> list[str]:
    """Offer the sites that come with the program; a TOML file is the shell's to complete."""
    from huggingnersc.api.completion import known_sites

    return _beginning_with(incomplete, known_sites())


def complete_value(tag: str) -> Callable[[str], list[str]]:
    """Make the completion of an option that takes the allowed values of a datacard tag."""

    def complete(incomplete: str) -> list[str]:
        from huggingnersc.api.completion import known_values

        return _beginning_with(incomplete, known_values(tag))

    return complete


def _beginning_with(incomplete: str, words: Iterable[str]) -> list[str]:
    return [word for word in words if word.startswith(incomplete)]
