"""Options that the program and every command have: version and log."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from huggingnersc.cli.output import say

HELP_NAMES = {"help_option_names": ["-h", "--help"]}


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
VerboseOption = Annotated[
    bool,
    typer.Option("--verbose", "-v", help="Tell every request and its time on stderr."),
]
LogFileOption = Annotated[
    Path | None,
    typer.Option(
        "--log-file", metavar="FILE", help="Append the same to a file, with errors in full."
    ),
]


def before_any_command(
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
