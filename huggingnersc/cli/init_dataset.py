"""The command `init-dataset`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from huggingnersc.cli.asking import terminal_ask
from huggingnersc.cli.completion import complete_value
from huggingnersc.cli.options import JsonOption, QuietOption, SiteOption, folder
from huggingnersc.cli.output import show

_SEVERAL = "may be given several times"


def init_dataset(
    data_path: Annotated[
        Path,
        typer.Argument(
            metavar="DATA_PATH", parser=folder, help="The folder of the data, or its one file."
        ),
    ],
    *,
    official_name: Annotated[
        str | None,
        typer.Option(help="The title people read.", show_default="from the folder's name"),
    ] = None,
    nickname: Annotated[
        str | None,
        typer.Option(
            help="The name in paths and on the Hub.", show_default="from the folder's name"
        ),
    ] = None,
    license_: Annotated[
        str | None,
        typer.Option(
            "--license",
            help="A license of the metadata schema.",
            autocompletion=complete_value("license"),
        ),
    ] = None,
    task: Annotated[
        list[str] | None,
        typer.Option(
            help=f"A task of the schema; {_SEVERAL}.",
            autocompletion=complete_value("task_categories"),
        ),
    ] = None,
    language: Annotated[
        list[str] | None,
        typer.Option(
            help=f"A language of the schema; {_SEVERAL}.",
            autocompletion=complete_value("language"),
        ),
    ] = None,
    tag: Annotated[
        list[str] | None,
        typer.Option(
            help=f"A tag of the schema beside the file types; {_SEVERAL}.",
            autocompletion=complete_value("tags"),
        ),
    ] = None,
    paper: Annotated[
        list[str] | None,
        typer.Option(help=f"A paper: arXiv link, DOI or web address; {_SEVERAL}."),
    ] = None,
    size_category: Annotated[
        str | None,
        typer.Option(
            help="A size category of the schema.",
            show_default="by counting",
            autocompletion=complete_value("size_categories"),
        ),
    ] = None,
    distributed: Annotated[
        bool,
        typer.Option(
            "--distributed",
            help="Write a PyTorch DDP loader, its batch script and its conda environment.",
        ),
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", parser=folder, help="The folder to write.", show_default="./NICKNAME"
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace files of the same names there.")
    ] = False,
    count_all: Annotated[
        bool,
        typer.Option("--count-all", help="Count every example, however long it takes."),
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Take what is proposed, ask nothing.")
    ] = False,
    site: SiteOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Look at data and write a folder to start from.

    It holds metadata, a loader and, for a distributed one, a batch script.

    Counts the examples, proposes names, and asks on a terminal for what it cannot know. The data
    is only read. Ends with the commands that check, preview and catalog it.

    Examples:
        huggingnersc init-dataset /global/cfs/cdirs/m1234/www/jets
        huggingnersc init-dataset data --license cc --tag csv --distributed
    """
    from huggingnersc.api.init_dataset import init_dataset as init
    from huggingnersc.cli.views.initialized import initialized

    result = init(
        data_path,
        official_name=official_name,
        nickname=nickname,
        license=license_,
        tasks=task or (),
        languages=language or (),
        tags=tag or (),
        papers=paper or (),
        size_category=size_category,
        distributed=distributed,
        output=output,
        force=force,
        count_all=count_all,
        ask=terminal_ask(wanted=not yes),
        site=site,
    )
    show(result, initialized, as_json=json, quiet=quiet)
