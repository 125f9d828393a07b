"""The command `export-catalog`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from huggingnersc.cli.facts import facts
from huggingnersc.cli.markup import escape
from huggingnersc.cli.options import DryRunOption, JsonOption, QuietOption, SiteOption, folder
from huggingnersc.cli.output import show
from huggingnersc.domain.text.formatting import plural, size_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.hub.export_catalog import ExportedCatalog

_MOST_NAMED = 10


def export_catalog(
    directory: Annotated[
        Path,
        typer.Argument(
            metavar="DIR",
            parser=folder,
            help="The folder to write: missing, empty, or an earlier export.",
            show_default=False,
        ),
    ],
    *,
    base_url: Annotated[
        str,
        typer.Option(
            metavar="URL", help="The address that the folder will have, for the sitemap."
        ),
    ] = "",
    dry_run: DryRunOption = False,
    site: SiteOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write the catalog as a static site for a web portal.

    The pages of every public dataset as files, with a search, Croissant files, a DCAT catalog
    and a sitemap. Private and gated datasets are left out. An earlier export is replaced as a
    whole; any other folder is refused.

    Examples:
        huggingnersc export-catalog www --base-url https://data.example.org
        # what would be written
        huggingnersc export-catalog www --dry-run
    """
    from huggingnersc.api.hub.export_catalog import export_catalog as export

    result = export(directory, base_url=base_url, dry_run=dry_run, site=site)
    show(result, exported, as_json=json, quiet=quiet)


def exported(result: ExportedCatalog) -> Iterator[str]:
    """Show what was written, or would be, and what was left out."""
    done, again = ("Wrote", "Replaced") if result.pages else ("Would write", "Would replace")
    count = plural(len(result.datasets), "dataset")
    yield escape(f"{again if result.replaces else done} {result.folder} with {count}.")
    if result.pages:
        yield from facts(
            [
                ("Pages", f"{result.pages:,}"),
                ("Files", f"{result.files:,}, {size_words(result.size_bytes)}"),
            ]
        )
    for one in result.left_out[:_MOST_NAMED]:
        yield escape(f"Left out {one.nickname}: {one.reason}")
    if len(result.left_out) > _MOST_NAMED:
        yield f"and {len(result.left_out) - _MOST_NAMED} more"
