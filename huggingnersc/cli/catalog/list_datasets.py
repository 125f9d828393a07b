"""The command `list-datasets`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from huggingnersc.cli.completion import complete_value
from huggingnersc.cli.options import EndpointOption, JsonOption, QuietOption, SiteOption, site_at
from huggingnersc.cli.output import show
from huggingnersc.domain.text.formatting import plural
from huggingnersc.domain.text.markdown import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.catalog.list_datasets import Listed
    from huggingnersc.cli.columns import Columns
    from huggingnersc.domain.catalog.listing import ListedDataset

FILTERS = "Filters (each may be given several times)"


def _filter(key: str, text: str) -> Any:  # what Typer says it is
    return typer.Option(
        metavar="VALUE", help=text, rich_help_panel=FILTERS, autocompletion=complete_value(key)
    )


def list_datasets(
    text: Annotated[
        str | None,
        typer.Argument(
            metavar="TEXT",
            help="Words to look for in nicknames, titles, descriptions and all metadata.",
        ),
    ] = None,
    *,
    tag: Annotated[list[str] | None, _filter("tags", "A tag it has.")] = None,
    task: Annotated[
        list[str] | None, _filter("task_categories", "A task category it has.")
    ] = None,
    language: Annotated[list[str] | None, _filter("language", "A language it has.")] = None,
    size: Annotated[
        list[str] | None, _filter("size_categories", "Its size category; any of several.")
    ] = None,
    license: Annotated[  # noqa: A002, RUF100 - the option's name
        list[str] | None, _filter("license", "Its license; any of several.")
    ] = None,
    from_hub: Annotated[
        bool, typer.Option("--from-hub", help="List what is on the Hub, not the records.")
    ] = False,
    removed: Annotated[
        bool, typer.Option("--removed", help="List what remove-dataset put aside.")
    ] = False,
    site: SiteOption = None,
    endpoint: EndpointOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """List the cataloged datasets, or find some of them.

    A dataset is shown when it matches everything given. Into a pipe goes one dataset a line, its
    values separated by tabs: nickname, title, size, license, tasks, languages, tags, Hub, data
    path, portal link, when it was removed.

    Examples:
        huggingnersc list-datasets
        huggingnersc list-datasets "jet physics" --tag hdf5 --license cc
        # the data path of each, for a script
        huggingnersc list-datasets | cut -f 1,9
        # what restore-dataset can bring back
        huggingnersc list-datasets --removed
        # which are on the Hub?
        huggingnersc list-datasets --from-hub --json | jq -r '.datasets[].nickname'
    """
    from huggingnersc.api.catalog.list_datasets import list_datasets as find

    if from_hub and removed:
        raise typer.BadParameter("--removed lists the catalog, --from-hub the Hub; give one")
    found = find(
        text or "",
        tags=tag or (),
        tasks=task or (),
        languages=language or (),
        sizes=size or (),
        licenses=license or (),
        from_hub=from_hub,
        removed=removed,
        site=site_at(site, endpoint),
    )
    show(found, listed, as_json=json, quiet=quiet, piped=tabbed)
    found.raise_for_damage()


_HEAD = ("NICKNAME", "TITLE", "SIZE", "LICENSE", "TAGS")


def listed(result: Listed) -> Iterator[str | Columns]:
    """Show a table that fits the terminal, then how many datasets these are."""
    from huggingnersc.cli.columns import Columns

    if result.datasets:
        cells = [_cells(row) for row in result.datasets]
        if any(row.removed_at for row in result.datasets):
            head = (*_HEAD[:1], "REMOVED", *_HEAD[1:])
            yield Columns(head, cells, frozenset({2, 5}))
        else:
            yield Columns(_HEAD, cells, frozenset({1, 4}))
    yield f"[dim]{len(result.datasets):,} of {plural(result.total, 'dataset')}[/dim]"


def _cells(row: ListedDataset) -> tuple[str, ...]:
    when = (row.removed_at,) if row.removed_at else ()
    tags = ", ".join(row.tags)
    cells = (row.nickname, *when, row.official_name, row.size_category, row.license, tags)
    return tuple(one_line(cell or "") for cell in cells)


def tabbed(result: Listed) -> Iterator[tuple[str, ...]]:
    """Yield the values of each dataset, none of them cut."""
    return (_tabbed(row) for row in result.datasets)


def _tabbed(row: ListedDataset) -> tuple[str, ...]:
    values = (
        row.nickname,
        row.official_name,
        row.size_category,
        row.license,
        ",".join(row.task_categories),
        ",".join(row.languages),
        ",".join(row.tags),
        row.hub_url,
        row.data_path,
        row.portal_link,
        row.removed_at,
    )
    return tuple(one_line("" if value is None else str(value)) for value in values)
