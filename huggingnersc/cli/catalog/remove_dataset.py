"""The command `remove-dataset`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from huggingnersc.cli.facts import facts, heading
from huggingnersc.cli.options import (
    CatalogedArgument,
    DryRunOption,
    EndpointOption,
    JsonOption,
    QuietOption,
    SiteOption,
    YesOption,
    site_at,
)
from huggingnersc.cli.output import show
from huggingnersc.cli.program import worded
from huggingnersc.fixes import Fix, Verb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.catalog.remove_dataset import Removed


def remove_dataset(
    nickname: CatalogedArgument,
    *,
    delete: Annotated[
        bool,
        typer.Option("--delete", help="Delete the repository instead of making it private."),
    ] = False,
    overwrite: Annotated[
        bool,
        typer.Option("--overwrite", help="Delete it although someone else changed it on the Hub."),
    ] = False,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    site: SiteOption = None,
    endpoint: EndpointOption = None,
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
    from huggingnersc.api.catalog.remove_dataset import plan_remove
    from huggingnersc.cli.confirm import confirm

    question = f"Type {nickname} to remove it"
    with plan_remove(
        nickname, delete=delete, overwrite=overwrite, dry_run=dry_run, site=site_at(site, endpoint)
    ) as pending:
        was_shown = confirm(pending, removed, question, answer=nickname, yes=yes, as_json=json)
        result = pending.apply()
    shown = pending.plan.warnings if was_shown else ()
    show(result, removed, as_json=json, quiet=quiet, shown=shown)


_SAID = {
    "planned": "would be removed; nothing was touched yet",
    "removed": "is removed",
    "unchanged": "was removed before; nothing to do",
}
_TO_DO = {
    "make private": "becomes private",
    "delete": "is deleted, with its history",
    "nothing": "nothing to do",
}
_DONE = {"make private": "private now", "delete": "deleted", "nothing": "nothing to do"}


def removed(result: Removed) -> Iterator[str]:
    """Show what happens to the repository, the folder and the data, and how to undo it."""
    said = _DONE if result.outcome.value == "removed" else _TO_DO
    yield heading(result.official_name, _SAID[result.outcome.value])
    yield from facts(
        [
            ("Hub", f"{result.hub_url}: {said[result.on_hub.value]}"),
            ("Catalog folder", result.catalog_dir),
            ("Kept in", result.removed_dir),
            ("Data", f"{result.data_path} (not touched)" if result.data_path else None),
            ("Undo", worded(Fix(Verb.RESTORE_DATASET, (result.nickname,)))),
        ]
    )
