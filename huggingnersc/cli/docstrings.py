"""What a command's docstring says, for its help and for docs/cli.md.

The first line says what the command does, the paragraphs tell more, and a last section, headed
by "Examples:", holds lines of shell: commands, each line at most 76 characters, and comments.
"""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from textwrap import dedent

_EXAMPLES = "\n\nExamples:\n"
# What Rich would take for a style; Rich's own rule, without importing Rich.
_MARKUP = re.compile(r"(\\*)(\[[a-z#/@][^[]*?])")


@dataclass(frozen=True, slots=True)
class Docstring:
    """A command's docstring, taken apart.

    Attributes:
        paragraphs: each on one line, the first says what the command does.
        examples: lines of shell, comments included.
    """

    paragraphs: tuple[str, ...]
    examples: tuple[str, ...]

    @property
    def help(self) -> str:
        """The text of `--help`, as Typer wants it."""
        return _escaped("\n\n".join(self.paragraphs))

    @property
    def epilog(self) -> str | None:
        """The end of `--help`, as Typer wants it; None without examples."""
        if not self.examples:
            return None
        return "\n".join(["[bold]Examples[/bold]", *map(_styled, self.examples)])


def read_docstring(text: str | None) -> Docstring:
    """Take a command's docstring apart."""
    body, _, examples = inspect.cleandoc(text or "").partition(_EXAMPLES)
    paragraphs = (" ".join(paragraph.split("\n")) for paragraph in body.split("\n\n"))
    return Docstring(tuple(paragraphs), tuple(dedent(examples).splitlines()))


def _styled(line: str) -> str:
    return f"[dim]{_escaped(line)}[/dim]" if line.startswith("#") else _escaped(line)


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\1\1\\\2", text)
