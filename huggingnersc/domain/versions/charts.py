"""Which pictures say most about a version, and what they say in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.domain.text.formatting import size_words
from huggingnersc.domain.versions.statistics_tables import clean, cut, value_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.domain.versions.statistics import (
        ArrayStatistics,
        ColumnStatistics,
        ImageStatistics,
        MemberStatistics,
        Statistics,
        TableStatistics,
    )

MOST_CHARTS = 4
_MOST_ROWS = 8
_LONGEST_ROW = 22  # characters beside a bar
_LONGEST_TITLE = 60
_LONGEST_UNITS = 10
_MOST_DISTINCT = 30  # values of a column that sorts rows into classes
_MOST_SERIES = 4  # that have colors of their own


@dataclass(frozen=True, slots=True)
class Series:
    """One color of bars: its name, and a number for each row."""

    name: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """A bar for each row; the series are put one behind the other.

    Attributes:
        name: of the file, without its suffix.
        title: what it shows.
        alt: the same with the numbers, in words.
        rows: what stands beside the bars.
        series: the numbers.
        words: what stands at the end of each bar.
    """

    name: str
    title: str
    alt: str
    rows: tuple[str, ...]
    series: tuple[Series, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ValueRange:
    """Smallest value, quartiles and largest value; and the two ends in words.

    Where no quartiles are known, the mean is in place of all three.
    """

    values: tuple[float, float, float, float, float]
    words: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Ranges:
    """For each row the range of its values and the middle half of them, each on its own scale."""

    name: str
    title: str
    alt: str
    rows: tuple[str, ...]
    ranges: tuple[ValueRange, ...]


@dataclass(frozen=True, slots=True)
class Heatmap:
    """A slice of an array as colors.

    Attributes:
        name: of the file, without its suffix.
        title: what it shows.
        alt: the same in words.
        values: rows of numbers; None for a missing one.
        rows_name: of the dimension from top to bottom.
        columns: of the dimension from left to right.
        units: of the values.
    """

    name: str
    title: str
    alt: str
    values: tuple[tuple[float | None, ...], ...]
    rows_name: str
    columns: str
    units: str


Chart = Bars | Ranges | Heatmap


def charts_of(found: Statistics) -> tuple[Chart, ...]:
    """Return the pictures of statistics, the most telling first; none where there is nothing."""
    charts = [*_charts(found)] or [*_folders(found)]
    return tuple(charts[:MOST_CHARTS])


def _charts(found: Statistics) -> Iterator[Chart]:
    if found["images"]:
        yield from _classes(found["images"])
    for table in found["tables"][:1]:
        yield from _ranges(table)
        yield from _values(table)
    for number, entry in enumerate(found["arrays"][:2], 1):
        end = "" if number == 1 else f"-{number}"
        yield from _field(entry, f"field{end}")
        yield from _array_ranges(entry, f"arrays{end}")


def _classes(entries: list[ImageStatistics]) -> Iterator[Bars]:
    totals: dict[str, int] = {}
    for entry in entries:
        for one in entry["classes"]:
            totals[one["name"]] = totals.get(one["name"], 0) + one["files"]
    names = sorted(totals, key=lambda name: (-totals[name], name))[:_MOST_ROWS]
    if not names:
        return
    held = [{one["name"]: one["files"] for one in entry["classes"]} for entry in entries]
    series = tuple(
        Series(_row(entry["split"] or "images"), tuple(float(of.get(name, 0)) for name in names))
        for entry, of in zip(entries, held, strict=True)
    )
    if len(series) > _MOST_SERIES:
        series = (Series("images", tuple(float(totals[name]) for name in names)),)
    words = tuple(f"{totals[name]:,}" for name in names)
    title = _title("Images by class", len(totals))
    yield Bars("classes", title, _bars_alt(title, names, words), _rows(names), series, words)


def _ranges(table: TableStatistics) -> Iterator[Ranges]:
    columns = [one for one in table["columns"] if _range(one)]
    if not columns:
        return
    shown = columns[:_MOST_ROWS]
    ranges = [known for one in shown if (known := _range(one))]
    sample = ", on a sample of the rows" if table["sample"] else ""
    title = _title(f"Range and middle half of each numeric column{sample}", len(columns))
    parts = (_range_words(*pair) for pair in zip(shown, ranges, strict=True))
    alt = f"{title}: {'; '.join(parts)}."
    yield Ranges("columns", title, alt, _rows([one["name"] for one in shown]), tuple(ranges))


def _array_ranges(entry: ArrayStatistics, name: str) -> Iterator[Ranges]:
    arrays = [one for one in entry["members"] if not _is_coordinate(one)]
    known = [(one, found) for one in arrays if (found := _array_range(one))]
    if not known:
        return
    is_sample = any(one["sample"] for one, _ in known)
    sample = ", on samples" if is_sample else ""
    title = _title(f"Range and mean of each array{sample}", len(known))
    shown = known[:_MOST_ROWS]
    parts = (
        f"{_row(one['path'])} from {found.words[0]} to {found.words[1]},"
        f" mean {value_words(one['mean'])}"
        for one, found in shown
    )
    alt = f"{title}: {'; '.join(parts)}."
    rows = _rows([one["path"] for one, _ in shown])
    yield Ranges(name, title, alt, rows, tuple(found for _, found in shown))


def _is_coordinate(member: MemberStatistics) -> bool:
    return member["dimensions"] == [member["path"].rpartition("/")[2]]


def _array_range(member: MemberStatistics) -> ValueRange | None:
    lowest, highest, mean = member["min"], member["max"], member["mean"]
    if not isinstance(lowest, int | float) or not isinstance(highest, int | float):
        return None
    if mean is None or not lowest < highest or isinstance(lowest, bool):
        return None
    units = f" {cut(clean(member['units']), _LONGEST_UNITS)}" if member["units"] else ""
    values = (float(lowest), *([min(max(mean, lowest), highest)] * 3), float(highest))
    return ValueRange(
        (values[0], values[1], values[2], values[3], values[4]),
        (value_words(lowest), f"{value_words(highest)}{units}"),
    )


def _range_words(column: ColumnStatistics, known: ValueRange) -> str:
    first, third = value_words(known.values[1]), value_words(known.values[3])
    ends = f"from {known.words[0]} to {known.words[1]}"
    return f"{_row(column['name'])} {ends}, half of them between {first} and {third}"


def _range(column: ColumnStatistics) -> ValueRange | None:
    lowest, highest, quantiles = column["min"], column["max"], column["quantiles"]
    if not isinstance(lowest, int | float) or not isinstance(highest, int | float):
        return None
    if len(quantiles) < 3 or not lowest < highest:
        return None
    middle = sorted(min(max(quantiles[key], lowest), highest) for key in ("0.25", "0.5", "0.75"))
    values = (float(lowest), *map(float, middle), float(highest))
    return ValueRange(
        (values[0], values[1], values[2], values[3], values[4]),
        (value_words(lowest), value_words(highest)),
    )


def _values(table: TableStatistics) -> Iterator[Bars]:
    sorting = (
        one
        for one in table["columns"]
        if len(one["top"]) > 1 and 1 < (one["distinct"] or 0) <= _MOST_DISTINCT
    )
    texts = (one for one in sorting if isinstance(one["top"][0]["value"], str | bool))
    column = next(texts, None)
    if column is None:
        return
    top = column["top"][:_MOST_ROWS]
    names = [value_words(one["value"]) for one in top]
    words = tuple(f"{one['count']:,}" for one in top)
    sample = ", on a sample" if table["sample"] else ""
    title = _title(f"Rows by {_row(column['name'])}{sample}", column["distinct"] or 0)
    series = (Series("rows", tuple(float(one["count"]) for one in top)),)
    yield Bars("values", title, _bars_alt(title, names, words), _rows(names), series, words)


def _field(entry: ArrayStatistics, name: str) -> Iterator[Heatmap]:
    preview = entry["preview"]
    known = [one for row in preview["values"] for one in row if one is not None] if preview else []
    if not preview or not known:
        return
    member = next((one for one in entry["members"] if one["path"] == preview["path"]), None)
    units = clean(member["units"] or "") if member else ""
    at = f" at {preview['at']}" if preview["at"] else ""
    title = cut(clean(f"{preview['path']}{at}"), _LONGEST_TITLE)
    rows, columns = (clean(one) for one in preview["dimensions"])
    over = f" over {rows} and {columns}" if rows and columns else ""
    of_units = f" {cut(units, _LONGEST_ROW)}" if units else ""
    alt = (
        f"A slice of the array {title}{over}, as colors:"
        f" from {value_words(min(known))} to {value_words(max(known))}{of_units}."
    )
    values = tuple(map(tuple, preview["values"]))
    yield Heatmap(name, title, alt, values, _row(rows), _row(columns), cut(units, _LONGEST_ROW))


def _folders(found: Statistics) -> Iterator[Bars]:
    folders = [one for one in found["by_folder"] if one["folder"] not in {None, "."}]
    if len(folders) < 2:
        return
    shown = folders[:_MOST_ROWS]
    names = [one["folder"] or "" for one in shown]
    words = tuple(size_words(one["size_bytes"]) for one in shown)
    title = _title("Size by folder", len(folders))
    series = (Series("bytes", tuple(float(one["size_bytes"]) for one in shown)),)
    yield Bars("folders", title, _bars_alt(title, names, words), _rows(names), series, words)


def _title(text: str, count: int) -> str:
    return f"{text} ({_MOST_ROWS} of {count:,})" if count > _MOST_ROWS else text


def _bars_alt(title: str, names: list[str], words: tuple[str, ...]) -> str:
    parts = (f"{_row(name)} {word}" for name, word in zip(names, words, strict=True))
    return f"{title}, as bars: {', '.join(parts)}."


def _rows(names: list[str]) -> tuple[str, ...]:
    return tuple(map(_row, names))


def _row(name: str) -> str:
    return cut(clean(name), _LONGEST_ROW)
