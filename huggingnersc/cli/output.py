"""The only place that prints: results to stdout, all else to stderr."""

from __future__ import annotations

import dataclasses
import inspect
import json
import sys
from collections.abc import Mapping
from enum import Enum
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, TypeVar

from huggingnersc.errors import HuggingNerscError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rich.console import Console, RenderableType

Result = TypeVar("Result")


def show(
    result: Result,
    view: Callable[[Result], Iterable[RenderableType]],
    *,
    as_json: bool,
    quiet: bool,
) -> None:
    """Show a result as its view, as JSON, or not at all; its warnings go to stderr.

    Args:
        result: what a verb returned, a dataclass.
        view: makes the lines or tables that people read.
        as_json: whether to print JSON.
        quiet: whether to print nothing but warnings.
    """
    for warning in getattr(result, "warnings", ()):
        note(f"warning: {warning}", style="yellow")
    if quiet:
        return
    if as_json:
        text = json.dumps(plain(result), indent=2, sort_keys=True, ensure_ascii=False)
        sys.stdout.write(f"{text}\n")
    else:
        console = _console(stderr=False)
        for part in view(result):
            console.print(part, soft_wrap=isinstance(part, str), highlight=False)
    if getattr(result, "published_to", None) == "embedded":
        note("Nothing left this machine: the site is local, the Hub is the embedded one.")


def show_error(error: HuggingNerscError) -> None:
    """Print an error: its sentence, one line per problem, and the next step."""
    note(f"error: {error}", style="bold red")
    for problem in getattr(error, "problems", ()):
        note(f"  {problem}")
    if error.hint:
        note(f"hint: {error.hint}", style="cyan")


def as_paragraphs(docstring: str) -> str:
    """Unwrap a docstring: each paragraph on one line, as help texts want it."""
    paragraphs = inspect.cleandoc(docstring).split("\n\n")
    return "\n\n".join(" ".join(paragraph.split("\n")) for paragraph in paragraphs)


def note(text: str, *, style: str | None = None) -> None:
    """Print a line for people to stderr; it is never wrapped, so that tools can read it too."""
    from rich.text import Text

    _console(stderr=True).print(Text(text, style=style or ""), soft_wrap=True)


def prompt(text: str) -> str | None:
    """Ask for a line on stderr; gives it without its end, or None at the end of the input."""
    from rich.text import Text

    _console(stderr=True).print(Text(f"{text}: ", style="bold"), soft_wrap=True, end="")
    line = sys.stdin.readline()
    return line.rstrip("\r\n") if line else None


def plain(value: Any) -> Any:
    """Give a result as JSON values: dataclasses as objects, paths as strings, enums as values."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    return str(value) if isinstance(value, PurePath) else value


def _console(*, stderr: bool) -> Console:
    from rich.console import Console

    return Console(stderr=stderr)
