"""The statistics of a version on a terminal: every table of them, whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.cli.columns import Columns
from huggingnersc.cli.facts import facts, heading
from huggingnersc.cli.markup import escape
from huggingnersc.domain.text.formatting import plural, size_words
from huggingnersc.domain.versions.statistics_tables import (
    examples_sentence,
    notices,
    statistics_tables,
    summary,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.versions.read_statistics import VersionStatistics
    from huggingnersc.domain.versions.statistics import Statistics
    from huggingnersc.domain.versions.statistics_tables import StatisticsTable


def statistics_view(result: VersionStatistics) -> Iterator[str | Columns]:
    """Show the numbers of files, every part, and what is left out."""
    found = result.statistics
    yield heading(result.official_name, f"({result.nickname}@{result.version})")
    yield from facts(
        [
            ("Made", result.created_at),
            ("Files", summary(found)),
            ("Examples", examples_sentence(found) or "not counted"),
        ]
    )
    yield from _folders(found)
    for table in statistics_tables(found):
        yield from _table(table)
    if left_out := [*notices(found)]:
        yield "[bold]Left out[/bold]"
        yield from (f"  {escape(text)}" for text in left_out)


def _folders(found: Statistics) -> Iterator[str]:
    if len(found["by_folder"]) > 1:
        yield "[bold]Folders[/bold]"
        yield from facts(
            (
                "(others)" if one["folder"] is None else one["folder"],
                f"{plural(one['files'], 'file')}, {size_words(one['size_bytes'])}",
            )
            for one in found["by_folder"]
        )


def _table(table: StatisticsTable) -> Iterator[str | Columns]:
    yield f"[bold]{escape(table.title)}[/bold]"
    yield from (f"  {escape(note)}" for note in table.notes)
    if table.rows:
        yield Columns(table.head, table.rows, frozenset({0, len(table.head) - 1}))
