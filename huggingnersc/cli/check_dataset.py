"""The command `check-dataset`."""

from __future__ import annotations

from typing import Annotated

import typer

from huggingnersc.cli.options import JsonOption, SiteOption
from huggingnersc.cli.output import show


def check_dataset(
    nickname: Annotated[
        str | None, typer.Argument(metavar="NICKNAME", help="The dataset.", show_default=False)
    ] = None,
    *,
    all_datasets: Annotated[
        bool, typer.Option("--all", help="Check all datasets; one line for each with findings.")
    ] = False,
    probe: Annotated[
        bool, typer.Option("--probe", help="Ask the portal whether the link answers.")
    ] = False,
    site: SiteOption = None,
    json: JsonOption = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print nothing when all is well.")
    ] = False,
) -> None:
    """Check everything that a visitor of a dataset depends on.

    Metadata, catalog folder, data and its permissions, portal link, loader, and the repository.
    Prints the commands that would mend what it finds, and changes nothing. Exits with 1 when
    there is a problem or a warning.

    Examples:
        huggingnersc check-dataset iris --probe
        # every night, from cron: silent when all is well
        huggingnersc check-dataset --all --quiet
    """
    from huggingnersc.api.check_dataset import check_dataset as check
    from huggingnersc.cli.views.checked import checked_all, checked_one

    if all_datasets == (nickname is not None):
        raise typer.BadParameter("give either a NICKNAME or --all", param_hint="NICKNAME")
    result = check(nickname, probe=probe, site=site)
    view = checked_all if all_datasets else checked_one
    show(result, view, as_json=json, quiet=quiet and result.all_is_well)
    raise typer.Exit(code=0 if result.all_is_well else 1)
