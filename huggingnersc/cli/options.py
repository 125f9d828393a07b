"""The options that several commands share, each written once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from huggingnersc.cli.completion import complete_nickname, complete_removed, complete_site


def folder(word: str) -> Path:
    """Read the path of a folder.

    Raises:
        BadParameter: it is empty, as an unset variable is; that would be the folder one is in.
    """
    if not word:
        raise typer.BadParameter("It is empty; give a folder.")
    return Path(word)


SiteOption = Annotated[
    str | None,
    typer.Option(
        "--site",
        metavar="NAME|FILE",
        help="The site profile: nersc, local, or a TOML file of your own.",
        show_default="by environment, configuration, machine",
        autocompletion=complete_site,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
QuietOption = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print warnings and errors only.")
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Show what would be done, and stop.")
]
YesOption = Annotated[
    bool, typer.Option("--yes", "-y", help="Do it without asking; needed where no terminal is.")
]
NicknameArgument = Annotated[
    str,
    typer.Argument(
        metavar="NICKNAME", help="The dataset's name in paths and on the Hub.", show_default=False
    ),
]
CatalogedArgument = Annotated[
    str,
    typer.Argument(
        metavar="NICKNAME",
        help="The dataset's name in paths and on the Hub.",
        show_default=False,
        autocompletion=complete_nickname,
    ),
]
RemovedArgument = Annotated[
    str,
    typer.Argument(
        metavar="NICKNAME",
        help="The dataset's name in paths and on the Hub.",
        show_default=False,
        autocompletion=complete_removed,
    ),
]
AllowSecretOption = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-secret",
        metavar="LINE_HASH",
        help="A line that only looks like a secret; its finding tells the hash. May be repeated.",
    ),
]
