"""The parts of a command's docstring, for its help and for docs/cli.md.

The first line says what the command does, paragraphs explain it, and a last section with the
heading "Examples:" contains shell commands, at most 76 characters per line, and comments.
"""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from textwrap import dedent

_EXAMPLES = "\n\nExamples:\n"
# What Rich would read as a style; this is Rich's own rule, without importing Rich.
_MARKUP = re.compile(r"(\\*)(\[[a-z#/@][^[]*?])")


@dataclass(frozen=True, slots=True)
class Docstring:
    """The parts of a command's docstring.

    Attributes:
        paragraphs: each on one line; the first says what the command does.
        examples: shell commands and comments.
    """

    paragraphs: tuple[str, ...]
    examples: tuple[str, ...]

    @property
    def help(self) -> str:
        """The text of `--help`, in Typer's markup."""
        return _escaped("\n\n".join(self.paragraphs))

    @property
    def epilog(self) -> str | None:
        """The end of `--help`, in Typer's markup; None without examples."""
        if not self.examples:
            return None
        return "\n".join(["[bold]Examples[/bold]", *map(_styled, self.examples)])


def read_docstring(text: str | None) -> Docstring:
    """Return the parts of a command's docstring."""
    body, _, examples = inspect.cleandoc(text or "").partition(_EXAMPLES)
    paragraphs = (" ".join(paragraph.split("\n")) for paragraph in body.split("\n\n"))
    return Docstring(tuple(paragraphs), tuple(dedent(examples).splitlines()))


def _styled(line: str) -> str:
    return f"[dim]{_escaped(line)}[/dim]" if line.startswith("#") else _escaped(line)


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\1\1\\\2", text)
