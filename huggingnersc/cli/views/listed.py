"""How a list of datasets is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.cli.views.columns import Columns
from huggingnersc.domain.markdown import one_line
from huggingnersc.domain.phrases import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from huggingnersc.api.list_datasets import Listed
    from huggingnersc.domain.catalog.listing import ListedDataset


_HEAD = ("NICKNAME", "TITLE", "SIZE", "LICENSE", "TAGS")


def listed(result: Listed) -> Iterator[RenderableType]:
    """Show a table that fits the terminal, then how many datasets these are."""
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


def tabbed(result: Listed) -> Iterator[str]:
    """Give a line for each dataset, its values separated by tabs and none of them cut."""
    return (_tabbed(row) for row in result.datasets)


def _tabbed(row: ListedDataset) -> str:
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
    return "\t".join(one_line("" if value is None else str(value)) for value in values)
