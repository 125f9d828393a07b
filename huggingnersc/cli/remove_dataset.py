"""The command `remove-dataset`."""

from __future__ import annotations

from typing import Annotated

import typer

from huggingnersc.cli.options import (
    CatalogedArgument,
    DryRunOption,
    JsonOption,
    QuietOption,
    SiteOption,
    YesOption,
)
from huggingnersc.cli.output import show


def remove_dataset(
    nickname: CatalogedArgument,
    *,
    delete: Annotated[
        bool,
        typer.Option("--delete", help="Delete the repository in place of making it private."),
    ] = False,
    overwrite: Annotated[
        bool,
        typer.Option(
            "--overwrite", help="Delete it although somebody else changed it on the Hub."
        ),
    ] = False,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    site: SiteOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Take a dataset out of the catalog; the data stays.

    The repository becomes private, the catalog folder is put aside, and restore-dataset brings
    both back. Asks for the nickname to be typed again.

    Examples:
        huggingnersc remove-dataset iris
        huggingnersc remove-dataset iris --delete --yes
    """
    from huggingnersc.api.remove_dataset import remove_dataset as remove
    from huggingnersc.cli.agreeing import Asking
    from huggingnersc.cli.views.removed import removed

    question = f"Type {nickname} to remove it"
    ask = Asking(removed, question, answer=nickname, yes=yes, as_json=json)
    result = remove(
        nickname, delete=delete, overwrite=overwrite, dry_run=dry_run, on_plan=ask, site=site
    )
    show(result, removed, as_json=json, quiet=quiet, told=ask.told)
