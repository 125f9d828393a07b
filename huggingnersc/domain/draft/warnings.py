"""What a steward should know of data that a loader does not read as it seems at first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.domain.metadata.strict_json import quoted
from huggingnersc.domain.text.formatting import plural
from huggingnersc.domain.text.markdown import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from huggingnersc.domain.draft.data_layout import Layout
    from huggingnersc.domain.draft.row_anomalies import PromotedType, RowAnomalies

_MOST_NAMED = 5


def row_warnings(odd: Mapping[str, RowAnomalies], layout: Layout) -> Iterator[str]:
    """Tell of rows that do not keep what the first rows of a table tell.

    Args:
        odd: what each file showed, by its name, in the order they were read.
        layout: of the table, with the types that all cells read have.
    """
    yield from _ragged(odd, len(layout.columns))
    yield from _texts(odd)
    unread = sum(one.unread for one in odd.values())
    if unread and any(column.type != "str" for column in layout.columns):
        yield (
            f"The cells of {plural(unread, 'row')} were counted and not read, for this is a large "
            "table; where one is no number, the loader stops and names file, line and column."
        )


def array_warning(layout: Layout) -> str | None:
    """Tell which arrays do not lie along the examples; None where all do."""
    if not layout.apart:
        return None
    main, along = layout.arrays[0], layout.dimension
    named = [f"{one.name} ({one.dimension or one.length})" for one in layout.apart]
    why = f"along the dimension {along}" if along else f"as long as {main}"
    return f"Not {why}, so left out by the loader: {names(named)}."


def names(all_of_them: Sequence[object]) -> str:
    """Name the first five and say how many more there are."""
    more = len(all_of_them) - _MOST_NAMED
    shown = ", ".join(map(str, all_of_them[:_MOST_NAMED]))
    return shown + (f" and {more} more" if more > 0 else "")


def _ragged(odd: Mapping[str, RowAnomalies], width: int) -> Iterator[str]:
    found = [(file, one.ragged) for file, one in odd.items() if one.ragged]
    if not found:
        return
    rows = sum(ragged.rows for _, ragged in found)
    file, first = found[0]
    yield (
        f"{plural(rows, 'row')} {'does' if rows == 1 else 'do'} not have "
        f"{plural(width, 'cell')}; the loader stops at the first, line {first.line} of {file} "
        f"({plural(first.cells, 'cell')}). Mend the data."
    )


def _texts(odd: Mapping[str, RowAnomalies]) -> Iterator[str]:
    found: dict[str, tuple[str, PromotedType]] = {}
    for file, one in odd.items():
        for wider in one.wider:
            if wider.type == "str":
                found.setdefault(wider.column, (file, wider))
    for column, (file, wider) in [*found.items()][:_MOST_NAMED]:
        yield (
            f"The column {one_line(column)} is read as text, for line {wider.line} of {file} "
            f"holds {quoted(wider.text)}, which is no number."
        )
    if len(found) > _MOST_NAMED:
        yield f"So are {plural(len(found) - _MOST_NAMED, 'other column')}."
