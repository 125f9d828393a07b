"""The arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from huggingnersc.cli.completion import (
    complete_nickname,
    complete_removed,
    complete_run,
    complete_schema,
    complete_site,
    complete_version,
)
from huggingnersc.domain.engine_name import EngineName

if TYPE_CHECKING:
    from collections.abc import Callable

    from huggingnersc.domain.site import Site


def is_none(word: str | Path | None) -> bool:
    """Return whether an argument is the word `None`, in any case."""
    return word is not None and str(word).casefold() == "none"


def folder(word: str) -> Path:
    """Return the path of a folder.

    Raises:
        BadParameter: it is empty, as an unset variable is, and would mean the current folder.
    """
    if not word:
        raise typer.BadParameter("It is empty; enter the path of a folder.")
    return Path(word)


def site_at(site: str | None, endpoint: str | None) -> Site | str | None:
    """Return the site that `--site` names, with the Hub that `--endpoint` names.

    Raises:
        SettingsError: the site has no such Hub.
    """
    if endpoint is None:
        return site
    from huggingnersc.api.site import resolve_site

    return resolve_site(site, endpoint=endpoint)


def _nickname(complete: Callable[[typer.Context, str], list[str]] | None = None) -> Any:
    return typer.Argument(
        metavar="NICKNAME",
        help="The dataset's name in paths and on the Hub.",
        show_default=False,
        autocompletion=complete,
    )


def _version(help_text: str, metavar: str = "NICKNAME[@VERSION]") -> Any:
    return typer.Argument(
        metavar=metavar, help=help_text, show_default=False, autocompletion=complete_version
    )


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
EndpointOption = Annotated[
    str | None,
    typer.Option(
        "--endpoint",
        metavar="URL",
        help="The Hub to use in place of the site's own; your token is sent there.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
QuietOption = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print warnings and errors only.")
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Show what would be done and stop.")]
YesOption = Annotated[
    bool,
    typer.Option("--yes", "-y", help="Do not ask for confirmation; required without a terminal."),
]
NicknameArgument = Annotated[str, _nickname()]
CatalogedArgument = Annotated[str, _nickname(complete_nickname)]
VersionArgument = Annotated[str, _version("The version, as iris@v1.", "NICKNAME@VERSION")]
VersionedArgument = Annotated[
    str, _version("The dataset, or one of its versions, as iris@v1; else the current one.")
]
RemovedArgument = Annotated[str, _nickname(complete_removed)]
RunArgument = Annotated[
    str,
    typer.Argument(
        metavar="RUN",
        help="The run, as status-run lists it.",
        show_default=False,
        autocompletion=complete_run,
    ),
]
AboutOption = Annotated[
    Path | None,
    typer.Option(
        "--about", metavar="FILE", help="A Markdown file that describes the dataset on its card."
    ),
]
RunCommandOption = Annotated[
    str,
    typer.Option(
        "--run-command",
        metavar="COMMAND",
        help="How the loader is run, such as 'python {loader} --data-dir {data}'.",
        show_default="found in the loader",
    ),
]
KernelOption = Annotated[
    str,
    typer.Option(
        "--kernel",
        metavar="NAME",
        help="The Jupyter kernel of the notebook.",
        show_default="the site's, by what the loader imports",
    ),
]
SchemaOption = Annotated[
    str,
    typer.Option(
        "--schema",
        metavar="NAME",
        help="The metadata schema: default or wide.",
        show_default="the site's",
        autocompletion=complete_schema,
    ),
]
AllowSecretOption = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-secret",
        metavar="LINE_HASH",
        help="The hash (in the message) of a line that only looks like a secret. May be repeated.",
    ),
]
EngineOption = Annotated[
    EngineName,
    typer.Option("--engine", help="Where the work is done: on this machine, or by jobs of Slurm."),
]
ResumeEngineOption = Annotated[
    EngineName | None,
    typer.Option(
        "--engine",
        help="Where the work is done: on this machine, or by jobs of Slurm.",
        show_default="where it was done last",
    ),
]
JobsOption = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        metavar="N",
        min=1,
        help="The most processes, or tasks of Slurm, at a time.",
        show_default="the site's",
    ),
]
WaitOption = Annotated[
    bool,
    typer.Option(
        "--wait/--no-wait", help="Wait for the jobs of Slurm, or complete it with resume-run."
    ),
]
