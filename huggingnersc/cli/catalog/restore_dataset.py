"""The command `restore-dataset`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from huggingnersc.cli.completion import complete_removal_time
from huggingnersc.cli.facts import facts, heading
from huggingnersc.cli.options import (
    AllowSecretOption,
    EndpointOption,
    JsonOption,
    QuietOption,
    RemovedArgument,
    SiteOption,
    site_at,
)
from huggingnersc.cli.output import show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.catalog.restore_dataset import Restored


def restore_dataset(
    nickname: RemovedArgument,
    *,
    at: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            help="When it was removed, such as 20261120T131500Z or the beginning of it.",
            show_default="the newest",
            autocompletion=complete_removal_time,
        ),
    ] = None,
    allow_secret: AllowSecretOption = None,
    site: SiteOption = None,
    endpoint: EndpointOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Bring a removed dataset back.

    The repository becomes what the record says, public or private; one that was deleted is
    published again from the record.

    Examples:
        huggingnersc restore-dataset iris
    """
    from huggingnersc.api.catalog.restore_dataset import restore_dataset as restore

    result = restore(
        nickname, at=at, allow_secret=allow_secret or (), site=site_at(site, endpoint)
    )
    show(result, restored, as_json=json, quiet=quiet)


_SAID = {
    "restored": "is cataloged again",
    "unchanged": "is cataloged; nothing to restore",
}


def restored(result: Restored) -> Iterator[str]:
    """Say where the dataset is again."""
    again = ", published again" if result.published_again else ""
    yield heading(result.official_name, _SAID[result.outcome.value])
    yield from facts(
        [
            ("Hub", f"{result.hub_url} ({'private' if result.private else 'public'}{again})"),
            ("Commit", result.commit),
            ("Catalog folder", result.catalog_dir),
            ("Removed at", result.removed_at),
        ]
    )
