"""What every command has: its help from its docstring, and the options of the log."""

from __future__ import annotations

import inspect
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from huggingnersc.cli.docstrings import read_docstring
from huggingnersc.cli.output import say

if TYPE_CHECKING:
    from collections.abc import Callable

LOG_PANEL = "Log"

VerboseOption = Annotated[
    bool,
    typer.Option(
        "--verbose",
        "-v",
        rich_help_panel=LOG_PANEL,
        help="Tell every request and its time on stderr, without tokens.",
    ),
]
LogFileOption = Annotated[
    Path | None,
    typer.Option(
        "--log-file",
        metavar="FILE",
        rich_help_panel=LOG_PANEL,
        help="Append the same to a file, with the traceback of an error.",
    ),
]
_LOG_PARAMETERS = (
    inspect.Parameter(
        "verbose", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=VerboseOption
    ),
    inspect.Parameter(
        "log_file", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=LogFileOption
    ),
    inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context),
)


def _say_version(context: typer.Context, wanted: bool) -> None:  # noqa: FBT001, RUF100 - Typer's form
    if wanted and not context.resilient_parsing:
        from huggingnersc.adapters.installation import installed_version

        say(f"huggingnersc {installed_version('huggingnersc') or 'not installed: a checkout'}")
        raise typer.Exit


VersionOption = Annotated[
    bool,
    typer.Option(
        "--version", callback=_say_version, is_eager=True, help="Show the version and exit."
    ),
]


def register_program(app: typer.Typer) -> None:
    """Give `app` the options that stand before a command."""
    told = read_docstring(_before_any_command.__doc__)
    app.callback(help=told.help, epilog=told.epilog)(_before_any_command)


def register(app: typer.Typer, command: Callable[..., None], *, panel: str) -> None:
    """Make `command` a command of `app`, with what every command has.

    Its docstring is its help (see `huggingnersc.cli.docstrings`); `-v` and `--log-file` work after
    its name as they do before.
    """
    told = read_docstring(command.__doc__)
    decorate = app.command(rich_help_panel=panel, help=told.help, epilog=told.epilog)
    decorate(_with_log_options(command))


def _before_any_command(
    *,
    context: typer.Context,
    version: VersionOption = False,  # noqa: ARG001 - its callback has answered
    verbose: VerboseOption = False,
    log_file: LogFileOption = None,
) -> None:
    """Catalog datasets on the Hugging Face Hub; the data stays at the centre.

    Examples:
        # what a command does, its options, more examples
        huggingnersc catalog-new-dataset --help
        # complete commands and nicknames with the Tab key, from the next terminal on
        huggingnersc --install-completion
    """
    context.obj.open(verbose=verbose, file=log_file)


def _with_log_options(command: Callable[..., None]) -> Callable[..., None]:
    @wraps(command)
    def logged(
        *, context: typer.Context, verbose: bool, log_file: Path | None, **arguments: Any
    ) -> None:
        context.obj.open(verbose=verbose, file=log_file)
        command(**arguments)

    own = inspect.signature(command, eval_str=True)
    parameters = (*own.parameters.values(), *_LOG_PARAMETERS)
    logged.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
    return logged
