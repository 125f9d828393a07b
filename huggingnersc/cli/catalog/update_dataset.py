"""The command `update-dataset`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from huggingnersc.cli.completion import complete_schema
from huggingnersc.cli.diffs import diffs
from huggingnersc.cli.facts import facts, heading
from huggingnersc.cli.options import (
    AllowSecretOption,
    CatalogedArgument,
    DryRunOption,
    EndpointOption,
    JsonOption,
    QuietOption,
    SiteOption,
    YesOption,
    folder,
    is_none,
    site_at,
)
from huggingnersc.cli.output import show
from huggingnersc.cli.program import worded
from huggingnersc.fixes import REMOVE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.catalog.update_dataset import Updated
    from huggingnersc.fixes import Remove


def update_dataset(
    nickname: CatalogedArgument,
    *,
    official_name: Annotated[
        str | None, typer.Option(metavar="TITLE", help="A new title.")
    ] = None,
    pretty_name: Annotated[
        str | None,
        typer.Option(metavar="TITLE", help="A new pretty_name: the title in the Hub's lists."),
    ] = None,
    loader: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A new loader script.")
    ] = None,
    portal_link: Annotated[
        str | None, typer.Option(metavar="URL", help="A new https address of the data.")
    ] = None,
    metadata: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A new metadata file.")
    ] = None,
    batch_script: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="A new batch script; None drops it and the included files."
        ),
    ] = None,
    data_path: Annotated[
        Path | None,
        typer.Option(metavar="DIR", parser=folder, help="Where the data is stored now."),
    ] = None,
    allow_secret: AllowSecretOption = None,
    include: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="A file that the loader or the batch script needs, in place of the recorded "
            "ones; may be given several times. None drops them.",
        ),
    ] = None,
    distributed: Annotated[
        bool | None,
        typer.Option("--distributed/--not-distributed", help="Whether the loader is distributed."),
    ] = None,
    job_notebook: Annotated[
        bool | None,
        typer.Option(
            "--job-notebook/--no-job-notebook", help="A notebook that runs the batch script."
        ),
    ] = None,
    private: Annotated[
        bool | None, typer.Option("--private/--public", help="Who may see the repository.")
    ] = None,
    about: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="A new Markdown file for the card's description; None drops it."
        ),
    ] = None,
    run_command: Annotated[
        str | None,
        typer.Option(metavar="COMMAND", help="How the loader is run; '' has it found again."),
    ] = None,
    kernel: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The notebook's Jupyter kernel; '' is the site's."),
    ] = None,
    schema: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The metadata schema, default or wide; '' is the site's.",
            autocompletion=complete_schema,
        ),
    ] = None,
    overwrite: Annotated[
        bool,
        typer.Option("--overwrite", help="Replace what someone else changed on the Hub."),
    ] = False,
    take_edits: Annotated[
        bool,
        typer.Option(
            "--take-edits", help="Record the description that someone edited on the Hub."
        ),
    ] = False,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    site: SiteOption = None,
    endpoint: EndpointOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Change a cataloged dataset, or bring the Hub to its record.

    Shows every change as a diff and asks. One commit, then the catalog folder; run again, the
    same command completes what was cut off. What someone else changed on the Hub is shown and
    never replaced without --overwrite. What was written between the two lines around the
    description is recorded by --take-edits.

    Examples:
        huggingnersc update-dataset iris --loader new_loader.py --dry-run
        # bring the Hub back to what the record says
        huggingnersc update-dataset iris
        # keep the description that someone wrote in the Hub's editor
        huggingnersc update-dataset iris --take-edits
    """
    from huggingnersc.api.catalog.plan_target import UpdateOptions
    from huggingnersc.api.catalog.update_dataset import plan_update
    from huggingnersc.cli.confirm import confirm

    options = UpdateOptions(
        official_name=official_name,
        loader=loader,
        portal_link=portal_link,
        metadata=metadata,
        batch_script=REMOVE if is_none(batch_script) else batch_script,
        data_path=data_path,
        include=files_or_remove(include),
        allow_secret=tuple(allow_secret or ()),
        distributed=distributed,
        job_notebook=job_notebook,
        private=private,
        about=REMOVE if is_none(about) else about,
        run_command=run_command,
        kernel=kernel,
        schema=schema,
        pretty_name=pretty_name,
    )
    with plan_update(
        nickname,
        options,
        overwrite=overwrite,
        take_edits=take_edits,
        dry_run=dry_run,
        site=site_at(site, endpoint),
    ) as pending:
        was_shown = confirm(pending, updated, "Do this? [y/N]", yes=yes, as_json=json)
        result = pending.apply()
    view, shown = (updated_briefly, pending.plan.warnings) if was_shown else (updated, ())
    show(result, view, as_json=json, quiet=quiet, shown=shown)


def files_or_remove(files: list[Path] | None) -> tuple[Path, ...] | Remove | None:
    """Read the values of `--include`: files, or only the word `None` in any case."""
    if files is None:
        return None
    return tuple(file for file in files if not is_none(file)) or REMOVE


_SAID = {
    "planned": "would change; nothing was touched yet",
    "updated": "is updated",
    "unchanged": "is as recorded and as requested; nothing to do",
}


def updated(result: Updated) -> Iterator[str]:
    """Show the outcome and every file that changes."""
    yield heading(result.official_name, _SAID[result.outcome.value])
    yield from _facts(result)
    if result.edits:
        yield "[bold]Someone changed this on the Hub, and it is replaced[/bold]"
        yield from diffs(result.edits)
    yield from diffs(result.changes)


def updated_briefly(result: Updated) -> Iterator[str]:
    """Show the outcome; the files were shown before."""
    yield heading(result.official_name, _SAID[result.outcome.value])
    yield from _facts(result)


def _facts(result: Updated) -> Iterator[str]:
    new = " (new)" if result.creates_repository else ""
    yield from facts(
        [
            ("Hub", f"{result.hub_url}{new}"),
            ("Commit", result.commit),
            ("Catalog folder", result.catalog_dir),
            ("Becomes", result.visibility),
            ("Tags", ", ".join(result.tags) or None),
            ("Description", "as it was edited on the Hub" if result.takes_description else None),
            ("Missing", "; ".join(map(worded, result.missing)) or None),
        ]
    )
