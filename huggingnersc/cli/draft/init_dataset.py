"""The command `init-dataset`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from huggingnersc.cli.completion import complete_value
from huggingnersc.cli.facts import facts, heading
from huggingnersc.cli.markup import escape
from huggingnersc.cli.options import JsonOption, QuietOption, SchemaOption, SiteOption, folder
from huggingnersc.cli.output import plain, show
from huggingnersc.cli.program import command_words, worded
from huggingnersc.cli.prompts import ask_on_terminal
from huggingnersc.domain.text.formatting import first_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.draft.init_dataset import Initialized

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
            metavar="DIR",
            parser=folder,
            help="The folder to write, outside the data.",
            show_default="./NICKNAME",
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace files of the same names there.")
    ] = False,
    count_all: Annotated[
        bool,
        typer.Option("--count-all", help="Count every example, however long it takes."),
    ] = False,
    group: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The group of HDF5 or netCDF files that holds the examples.",
            show_default="recognized",
        ),
    ] = None,
    example: Annotated[
        str | None,
        typer.Option(
            metavar="KIND",
            help="What one example is in such files: row, group, array or file.",
            show_default="recognized",
        ),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Accept all proposals without asking.")
    ] = False,
    schema: SchemaOption = "",
    site: SiteOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Look at data and write a folder to start from.

    It holds metadata, a loader and, for a distributed one, a batch script. A README of the data
    becomes the description for the card.

    Counts the examples, proposes names, and asks on a terminal for what it cannot know. The data
    is only read. Ends with the commands that check, preview and catalog it.

    Examples:
        huggingnersc init-dataset /global/cfs/cdirs/m1234/www/jets
        huggingnersc init-dataset data --license cc --tag csv --distributed
    """
    from huggingnersc.api.draft.init_dataset import plan_draft
    from huggingnersc.domain.draft.answers import Answers

    answers = Answers(official_name, nickname, size_category, license_, tuple(task or ()),
                      tuple(language or ()), tuple(tag or ()), tuple(paper or ()))  # fmt: skip
    pending = plan_draft(
        data_path,
        answers,
        distributed=distributed,
        count_all=count_all,
        group=group,
        example=example,
        output=output,
        schema=schema,
        site=site,
    )
    result = ask_on_terminal(pending, enabled=not yes).write(force=force)
    show(result, initialized, as_json=json, quiet=quiet, json_of=json_values)


_MOST_NAMED = 12
_EXAMPLES = {
    "array": "each array; if each row is one: --example row",
    "group": "each group; if each row is one: --example row",
    "file": "each file; if each row is one: --example row",
}


def json_values(result: Initialized) -> dict[str, Any]:
    """Return the JSON values, with each next step as the words after the program's name."""
    steps = [
        {"about": step.about, "words": list(command_words(step.fix))} for step in result.next_steps
    ]
    return {**plain(result), "next_steps": steps}


def initialized(result: Initialized) -> Iterator[str]:
    """Show what the data holds, what was written, and what to type next."""
    tags = result.metadata["datacard_tags"]
    names = [*(f"{name} ({type_})" for name, type_ in result.columns.items()), *result.arrays]
    shown = first_names(names, _MOST_NAMED)
    yield heading(result.official_name, f"({result.nickname})")
    yield from facts(
        [
            ("Data", result.data_path),
            ("Files", f"{result.files} ({result.file_type})"),
            ("Examples", f"{result.count}; size category {tags['size_categories']}"),
            ("Example", _EXAMPLES.get(result.example)),
            ("Splits", ", ".join(_split_text(*split) for split in result.splits.items()) or None),
            ("Labels", result.labels),
            ("Columns" if result.columns else "Arrays", shown or None),
            ("Portal", result.portal_link),
        ]
    )
    yield "[bold]Written[/bold]"
    for name in result.written:
        yield f"  {escape(str(result.output / name))}"
    yield "[bold]Next[/bold]"
    for step in result.next_steps:
        yield f"  [dim]# {step.about}[/dim]"
        yield f"  {escape(worded(step.fix))}"


def _split_text(name: str, examples: int | None) -> str:
    return f"{name} ({examples:,})" if examples is not None else name
