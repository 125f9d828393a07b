"""The statistics of a version on the card: short tables, and pictures with words for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.domain.text.formatting import plural
from huggingnersc.domain.text.markdown import inline
from huggingnersc.domain.versions.statistics_tables import (
    clean,
    cut,
    examples_sentence,
    notices,
    statistics_tables,
    summary,
)
from huggingnersc.domain.versions.version import STATISTICS_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.domain.versions.statistics import Picture, Statistics
    from huggingnersc.domain.versions.statistics_tables import StatisticsTable

PUBLISHED_DIR = "version"  # on the Hub
_MOST_TABLES = 4
_MOST_ROWS = 12  # of a table
_MOST_NOTICES = 4
_LONGEST_NOTICE = 300


def statistics_markdown(found: Statistics) -> str:
    """Return the statistics as Markdown for a card, without its heading.

    What is too much for a card is counted, with a link to the whole.
    """
    return "\n\n".join(_parts(found))


def _parts(found: Statistics) -> Iterator[str]:
    yield inline(f"{summary(found)} {examples_sentence(found)}")
    yield from map(_picture, found["pictures"])
    tables = [*statistics_tables(found)]
    for table in tables[:_MOST_TABLES]:
        yield from _table(table)
    if (rest := len(tables) - _MOST_TABLES) > 0:
        yield f"{plural(rest, 'more part')}: {_ALL}."
    left_out = [inline(cut(text, _LONGEST_NOTICE)) for text in notices(found)]
    if left_out:
        more = len(left_out) - _MOST_NOTICES
        shown = left_out[:_MOST_NOTICES]
        yield "\n".join(
            f"- {text}" for text in (*shown, *([f"{more:,} more: {_ALL}"] if more > 0 else []))
        )


_ALL = f"[{STATISTICS_FILE}]({PUBLISHED_DIR}/{STATISTICS_FILE})"


def _picture(picture: Picture) -> str:
    return f"![{inline(clean(picture['alt']))}]({PUBLISHED_DIR}/{picture['path']})"


def _table(table: StatisticsTable) -> Iterator[str]:
    yield f"### {inline(table.title)}"
    if table.notes:
        yield " ".join(map(inline, table.notes[:_MOST_NOTICES]))
    if table.rows:
        lines = (table.head, ("---",) * len(table.head), *table.rows[:_MOST_ROWS])
        yield "\n".join(_line(line, is_rule=place == 1) for place, line in enumerate(lines))
    if (rest := len(table.rows) - _MOST_ROWS) > 0:
        yield f"{rest:,} more {inline(table.rest)}: {_ALL}."


def _line(cells: tuple[str, ...], *, is_rule: bool) -> str:
    shown = cells if is_rule else map(inline, cells)
    return f"| {' | '.join(shown)} |"
