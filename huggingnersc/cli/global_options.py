"""The options of the program and of every command: version and log."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from huggingnersc.cli.output import say

HELP_NAMES = {"help_option_names": ["-h", "--help"]}


def _print_version(context: typer.Context, requested: bool) -> None:  # noqa: FBT001, RUF100 - for Typer
    if requested and not context.resilient_parsing:
        from huggingnersc.adapters.installation import installed_version

        say(f"huggingnersc {installed_version('huggingnersc') or 'not installed: a checkout'}")
        raise typer.Exit


VersionOption = Annotated[
    bool,
    typer.Option(
        "--version", callback=_print_version, is_eager=True, help="Show the version and exit."
    ),
]
VerboseOption = Annotated[
    bool,
    typer.Option("--verbose", "-v", help="Print every request and its time to stderr."),
]
LogFileOption = Annotated[
    Path | None,
    typer.Option(
        "--log-file", metavar="FILE", help="Append the same to a file, with full errors."
    ),
]


def before_any_command(
    *,
    context: typer.Context,
    version: VersionOption = False,  # noqa: ARG001 - handled by its callback
    verbose: VerboseOption = False,
    log_file: LogFileOption = None,
) -> None:
    """Catalog datasets on the Hugging Face Hub; the data stays at the computing center.

    Examples:
        # help on a command, its options, and more examples
        huggingnersc catalog-new-dataset --help
        # complete commands and nicknames with the Tab key, in new terminals
        huggingnersc --install-completion
    """
    context.obj.open(verbose=verbose, file=log_file)
