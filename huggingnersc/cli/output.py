"""The only place that prints: results to stdout, all else to stderr.

Every line passes `visible`, because others write records, metadata, file names and the answers of
the Hub. A line that is given here is one line that is shown, whatever the values in it hold.
"""

from __future__ import annotations

import dataclasses
import io
import json
import os
import sys
from collections import deque
from collections.abc import Mapping
from contextlib import contextmanager
from enum import Enum
from itertools import groupby, islice
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, TypeVar

from huggingnersc.cli.program import field_name, worded
from huggingnersc.domain.text.redact import redact
from huggingnersc.domain.text.terminal import visible, visible_json
from huggingnersc.errors import HuggingNerscError
from huggingnersc.fixes import Fix, Message, Option, ShellCommand

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from rich.console import Console

    from huggingnersc.cli.columns import Columns
    from huggingnersc.fixes import Text

Result = TypeVar("Result")
_TOKENS = 4096  # of JSON, written at a time


def show(
    result: Result,
    view: Callable[[Result], Iterable[str | Columns]],
    *,
    as_json: bool,
    quiet: bool,
    piped: Callable[[Result], Iterable[tuple[str, ...]]] | None = None,
    shown: Collection[Text] = (),
    json_of: Callable[[Result], Any] | None = None,
) -> None:
    """Show a result as its view, as JSON, or not at all; its warnings go to stderr.

    Args:
        result: what a verb returned, a dataclass.
        view: makes the lines or tables that people read.
        as_json: whether to print JSON.
        quiet: whether to print nothing but warnings.
        piped: makes the rows for another program, printed in place of the view where stdout is
            no terminal, with tabs between the values; without it the view is printed there too.
        shown: the warnings that were shown with the plan; they are not shown again.
        json_of: makes the JSON values; `plain` by default.
    """
    _warn(result, shown)
    if quiet:
        return
    _print(result, view, as_json=as_json, piped=piped, json_of=json_of)
    if getattr(result, "published_to", None) == "embedded":
        note("Nothing left this machine: the Hub is the embedded one; serve-hub shows it.")


def show_plan(
    plan: Result, view: Callable[[Result], Iterable[str | Columns]], *, as_json: bool
) -> None:
    """Show what will be done, with its warnings."""
    _warn(plan)
    _print(plan, view, as_json=as_json)


def _warn(result: object, shown: Collection[Text] = ()) -> None:
    for warning in getattr(result, "warnings", ()):
        if warning not in shown:
            note(f"warning: {worded(warning)}", style="yellow")


def _print(
    result: Result,
    view: Callable[[Result], Iterable[str | Columns]],
    *,
    as_json: bool,
    piped: Callable[[Result], Iterable[tuple[str, ...]]] | None = None,
    json_of: Callable[[Result], Any] | None = None,
) -> None:
    with _reader_may_leave():
        if as_json:
            sys.stdout.writelines(_json(json_of(result) if json_of else plain(result)))
        elif piped is not None and not _console(stderr=False).is_terminal:
            for row in piped(result):
                say(*row)
        else:
            _print_parts(_console(stderr=False), view(result))


def _print_parts(console: Console, parts: Iterable[str | Columns]) -> None:
    for kind, group in groupby(parts, key=type):  # Rich takes 0.3 ms for each call
        if issubclass(kind, str):
            lines = "\n".join(visible(str(line)) for line in group)
            console.print(lines, soft_wrap=True, highlight=False, crop=False)
        else:
            console.print(*group, highlight=False, crop=False)


def _json(value: Any) -> Iterator[str]:
    encoding = sys.stdout.encoding or "utf-8"
    holds_all = encoding.lower().startswith("utf")  # else JSON has escapes of its own
    encoder = json.JSONEncoder(indent=2, sort_keys=True, ensure_ascii=not holds_all)
    tokens = encoder.iterencode(value)
    while text := "".join(islice(tokens, _TOKENS)):
        yield visible_json(text)
    yield "\n"


class Streamed(list[Any]):
    """A list in JSON values whose items are made while they are printed, once."""

    def __init__(self, items: Iterator[Any]) -> None:
        super().__init__(islice(items, 1))  # the encoder asks whether a list is empty
        self._rest = items

    def __iter__(self) -> Iterator[Any]:
        """Yield the items."""
        yield from super().__iter__()
        yield from self._rest


def open_closed_streams() -> None:
    """Let a stream that the caller closed, as by `>&-`, lead nowhere.

    Python has None in its place, and the next file that is opened would get its number.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            descriptor = os.open(os.devnull, os.O_RDWR)  # gets the number that is free
            os.set_inheritable(descriptor, True)
            setattr(sys, name, open(descriptor, mode, encoding="utf-8", closefd=False))  # noqa: SIM115


def let_all_names_be_shown() -> None:
    r"""Write as `\xe9` what the encoding of stdout does not have.

    By then the work may be done; it must not end in an encoding error. In the C locale Python
    sets `surrogateescape`, which is as strict with every other character.
    """
    stream = sys.stdout
    if isinstance(stream, io.TextIOWrapper) and stream.errors in {"strict", "surrogateescape"}:
        stream.reconfigure(errors="backslashreplace")


def show_error(error: HuggingNerscError) -> None:
    """Print an error: its warnings, its sentence, one line per problem, and the next step."""
    _warn(error)
    note(f"error: {error}", style="bold red")
    for problem in getattr(error, "problems", ()):
        note(f"  {field_name(problem.where)}: {worded(problem.message)}")
    if changes := getattr(error, "changes", ()):
        from huggingnersc.cli.diffs import diffs

        _print_parts(_console(stderr=True), diffs(changes))
    if error.hint:
        note(f"hint: {worded(error.hint)}", style="cyan")


def note(text: str, *, style: str | None = None) -> None:
    """Print a line for people to stderr, tokens masked.

    It is never wrapped, so that tools can read it too.
    """
    from rich.text import Text

    shown = Text(visible(redact(text)), style=style or "")
    _console(stderr=True).print(shown, soft_wrap=True)


def say(*values: str) -> None:
    """Print a line to stdout, with tabs between the values."""
    sys.stdout.write("\t".join(map(visible, values)) + "\n")


def write_lines(lines: Iterable[bytes], *, quiet: bool) -> None:
    """Print lines byte for byte, for other programs; on a terminal made safe to look at.

    With `quiet` they are only read.
    """
    with _reader_may_leave():
        if quiet:
            deque(lines, maxlen=0)
        elif sys.stdout.isatty():
            for line in lines:
                say(*line.decode(errors="surrogateescape").rstrip("\n").split("\t"))
        else:
            sys.stdout.buffer.writelines(lines)


@contextmanager
def _reader_may_leave() -> Iterator[None]:
    """Stop printing when the reader of a pipe ends (`| head`); the run goes on."""
    try:
        yield
        sys.stdout.flush()
    except (BrokenPipeError, SystemExit) as error:  # Rich turns the first into the second
        if isinstance(error, SystemExit) and not isinstance(error.__context__, BrokenPipeError):
            raise  # a signal's
        _print_nowhere()
    except OSError as error:
        _print_nowhere()
        raise HuggingNerscError(
            f"The result cannot be printed: {error.strerror}.",
            hint="Everything else is done; print it elsewhere with the same command.",
        ) from error


def _print_nowhere() -> None:
    """Discard what is still to be printed, also at the end of the process."""
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def prompt(text: str) -> str | None:
    """Ask for a line on stderr; return it without its end, or None at the end of the input."""
    from rich.text import Text

    line = ""
    try:
        question = Text(f"{visible(text)}: ", style="bold")
        _console(stderr=True).print(question, soft_wrap=True, end="")
        line = sys.stdin.readline()
    finally:
        if not line:  # Ctrl-D and Ctrl-C leave the cursor behind the question
            _console(stderr=True).print()
    return line.rstrip("\r\n") if line else None


def plain(value: Any) -> Any:
    """Return a result as JSON values.

    Dataclasses as objects, commands as they can be typed, paths as strings, enums as values.
    """
    if isinstance(value, Fix | ShellCommand | Message | Option):
        return worded(value)
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

    return Console(stderr=stderr, emoji=False)  # a title may well hold ":100:"
