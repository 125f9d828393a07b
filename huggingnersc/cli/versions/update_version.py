"""The command `update-version`."""

from __future__ import annotations

from typing import Annotated

import typer

from huggingnersc.cli.catalog.update_dataset import updated, updated_briefly
from huggingnersc.cli.options import (
    AllowSecretOption,
    DryRunOption,
    EndpointOption,
    JsonOption,
    QuietOption,
    SiteOption,
    VersionArgument,
    YesOption,
    site_at,
)
from huggingnersc.cli.output import show


def update_version(
    version: VersionArgument,
    *,
    message: Annotated[
        str | None, typer.Option(metavar="TEXT", help="A new message; '' removes it.")
    ] = None,
    tag: Annotated[
        list[str] | None,
        typer.Option(metavar="LABEL", help="A label to attach. May be repeated."),
    ] = None,
    no_tag: Annotated[
        list[str] | None,
        typer.Option(metavar="LABEL", help="A label to take off. May be repeated."),
    ] = None,
    retired: Annotated[
        bool | None,
        typer.Option("--retire/--unretire", help="Whether it should no longer be used."),
    ] = None,
    allow_secret: AllowSecretOption = None,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    site: SiteOption = None,
    endpoint: EndpointOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Describe, label or retire a version; its files never change.

    The record and the card are updated as by update-dataset: every change is shown as a diff, and
    you are asked. A retired version stays where it is and is marked everywhere.

    Examples:
        huggingnersc update-version iris@v1 --message "As in the paper of 1936."
        huggingnersc update-version iris@v1 --tag paper --no-tag draft --yes
        huggingnersc update-version iris@v2 --retire --message "Row 35 is wrong."
    """
    from huggingnersc.api.versions.update_version import plan_version_update
    from huggingnersc.cli.confirm import confirm

    if (message, tag, no_tag, retired) == (None, None, None, None):
        raise typer.BadParameter("Give what changes: --message, --tag, --no-tag or --retire.")
    with plan_version_update(
        version,
        message=message,
        labels=tag or (),
        without_labels=no_tag or (),
        retired=retired,
        allow_secret=allow_secret or (),
        dry_run=dry_run,
        site=site_at(site, endpoint),
    ) as pending:
        was_shown = confirm(pending, updated, "Do this? [y/N]", yes=yes, as_json=json)
        result = pending.apply()
    view, shown = (updated_briefly, pending.plan.warnings) if was_shown else (updated, ())
    show(result, view, as_json=json, quiet=quiet, shown=shown)
