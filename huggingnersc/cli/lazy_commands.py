"""Commands that are imported only when used, with help from their docstrings."""

from __future__ import annotations

import inspect
from contextlib import contextmanager
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup

from huggingnersc.cli.commands import COMMANDS
from huggingnersc.cli.docstrings import read_docstring
from huggingnersc.cli.global_options import HELP_NAMES, LogFileOption, VerboseOption
from huggingnersc.cli.program import set_command, worded
from huggingnersc.domain.text.terminal import visible
from huggingnersc.errors import RunLeft

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class LazyCommand(TyperCommand):
    """A command known by name; the real one is imported for running, completion and help."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any
    ) -> Any:
        """Return the context of the real command."""
        return load_command(str(self.name)).make_context(info_name, args, parent, **extra)


class Program(TyperGroup):
    """The program with all its commands, none of them imported yet."""

    def __init__(self, **settings: Any) -> None:
        commands = [
            LazyCommand(command.name, help=command.summary, rich_help_panel=command.panel)
            for command in COMMANDS
        ]
        super().__init__(**settings | {"commands": commands})

    def make_context(
        self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any
    ) -> Any:
        """Return the context of the program."""
        with _visible_usage_errors():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; remember how to go on where Ctrl-C left its work to others."""
        try:
            with _visible_usage_errors():
                return super().invoke(ctx)
        except RunLeft as stop:
            ctx.obj.next_step = worded(stop.hint)
            raise

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command; for the beginning of a name, fail with the matching commands."""
        word = args[0]
        matches = [name for name in self.commands if word and name.startswith(word)]
        if matches and word not in self.commands and not ctx.resilient_parsing:
            names = ", ".join(map(repr, matches))
            ctx.fail(f"No such command {word!r}. Did you mean {names}?")
        return super().resolve_command(ctx, args)


@contextmanager
def _visible_usage_errors() -> Iterator[None]:
    """Make safe to print what Typer itself prints of a usage error."""
    try:
        yield
    except typer.TyperException as error:
        error.message = visible(error.message)
        raise


def load_command(name: str) -> Any:
    """Import a command and add the options of every command, `-v` and `--log-file`."""
    (command,) = [command for command in COMMANDS if command.name == name]
    module = import_module(command.module)
    function = getattr(module, command.function_name)
    docstring = read_docstring(function.__doc__)
    single = typer.Typer(add_completion=False)
    decorate = single.command(
        name,
        cls=getattr(module, "CommandClass", TyperCommand),
        help=docstring.help,
        epilog=docstring.epilog,
        context_settings=dict(HELP_NAMES),
    )
    decorate(_with_log_options(function))
    return typer.main.get_command(single)


_LOG_PARAMETERS = tuple(
    inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
    for name, default, kind in (
        ("verbose", False, VerboseOption),
        ("log_file", None, LogFileOption),
        ("context", inspect.Parameter.empty, typer.Context),
    )
)


def _with_log_options(command: Callable[..., None]) -> Callable[..., None]:
    @wraps(command)
    def logged(
        *, context: typer.Context, verbose: bool, log_file: Path | None, **arguments: Any
    ) -> None:
        context.obj.open(verbose=verbose, file=log_file)
        named = {name: arguments.get(name) for name in ("site", "endpoint")}
        set_command(str(context.info_name), **named)
        command(**arguments)

    own = inspect.signature(command, eval_str=True)
    parameters = (*own.parameters.values(), *_LOG_PARAMETERS)
    logged.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
    return logged
