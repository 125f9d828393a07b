"""What statistics say of a version, ready to be shown; anyone may have written them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from huggingnersc.assets import schema_file
from huggingnersc.domain.text.formatting import plural
from huggingnersc.domain.versions.statistics import STATISTICS_SCHEMA, parse_statistics
from huggingnersc.domain.versions.statistics_tables import clean, cut, value_words
from huggingnersc.hub_server.web.data_charts import (
    FieldPlot,
    RangePlot,
    bars_path,
    color_areas,
    range_plot,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from huggingnersc.domain.versions.statistics import (
        ArrayStatistics,
        CellValue,
        ColumnStatistics,
        MemberStatistics,
        Statistics,
        TableStatistics,
    )

STATISTICS_LIMIT = 8 << 20
MOST_COLUMNS = 60
_MOST_TABLES, _MOST_ARRAYS, _MOST_MEMBERS = 20, 10, 200
_MOST_TOP, _MOST_CLASSES, _MOST_WITHHELD, _MOST_PROBLEMS = 4, 12, 20, 10
_LONGEST_NAME, _LONGEST_TEXT = 60, 160
_LARGEST = 10**18
_TIMES = " \N{MULTIPLICATION SIGN} "
_MEANINGS = ("long_name", "standard_name", "description")


@dataclass(frozen=True, slots=True)
class TopValue:
    """A frequent value, how often it occurs, and that in percent of the most frequent one."""

    label: str
    count: str
    share: float


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """A column of a table in words and shapes.

    Attributes:
        name: in full, as the statistics have it.
        kind: its type.
        low: the smallest value; empty where there is none.
        high: the largest one.
        missing: how many values are missing, in words; empty where none is.
        bars: a histogram as the data of an SVG path; empty without one.
        range: in place of a histogram, where only quartiles are known.
        top: the most frequent values, where there is neither.
        alt: what is drawn, in words.
        withheld: why no value is shown; empty where they are.
    """

    name: str
    kind: str
    low: str = ""
    high: str = ""
    missing: str = ""
    bars: str = ""
    range: RangePlot | None = None
    top: tuple[TopValue, ...] = ()
    alt: str = ""
    withheld: str = ""


@dataclass(frozen=True, slots=True)
class TableFacts:
    """A table: its name, its split (empty without), what it holds in words, and its columns."""

    name: str
    split: str
    amount: str
    columns: tuple[ColumnFacts, ...]
    columns_left_out: int


@dataclass(frozen=True, slots=True)
class VariableFacts:
    """A group or an array of a file.

    Attributes:
        name: the last part of its path.
        depth: in how many groups it is.
        is_group: whether it is one.
        meaning: what its attributes say of it.
        kind: the type of its values.
        shape: with the names of its dimensions.
        units: of its values.
        low: the smallest value; empty without one.
        high: the largest one.
        mean: in words, for the plot of its range.
        range: where the mean is between them.
        missing: how many of the values read are missing, in words.
    """

    name: str
    depth: int
    is_group: bool
    meaning: str = ""
    kind: str = ""
    shape: str = ""
    units: str = ""
    low: str = ""
    high: str = ""
    mean: str = ""
    range: RangePlot | None = None
    missing: str = ""


@dataclass(frozen=True, slots=True)
class ArrayFacts:
    """Files with the same variables."""

    name: str
    amount: str
    variables: tuple[VariableFacts, ...]
    left_out: int
    plot: FieldPlot | None


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """Images: how many in words, and the largest classes."""

    name: str
    amount: str
    classes: tuple[TopValue, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class DataFacts:
    """What the statistics of a version say.

    Attributes:
        withheld: sentences about columns whose values are not shown.
        problems: sentences about what could not be described.
        reason: why there is nothing, as a sentence; empty where there is something.
    """

    tables: tuple[TableFacts, ...] = ()
    arrays: tuple[ArrayFacts, ...] = ()
    images: tuple[ImageFacts, ...] = ()
    withheld: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    reason: str = ""


def data_facts(data: bytes) -> DataFacts:
    """Read statistics; what cannot be read is said in a sentence."""
    if len(data) > STATISTICS_LIMIT:
        return DataFacts(reason="The statistics are too large to be shown.")
    try:
        schema = json.loads(schema_file(STATISTICS_SCHEMA).read_bytes())
        return _facts(parse_statistics(data, schema))
    except (ValueError, RecursionError):
        return DataFacts(reason="The statistics of this version cannot be read.")


def count_of(value: int) -> int:
    """Return a count that words and plots can take, whatever number was written."""
    return min(value, _LARGEST)


def shown_value(value: CellValue | None) -> str:
    """Return a value as a short text, whatever it is."""
    if isinstance(value, str):
        return value_words(value[:_LONGEST_TEXT])
    if isinstance(value, int) and abs(value) > 10**300:
        return "too large to show"
    return value_words(value)


def _facts(found: Statistics) -> DataFacts:
    withheld = found["withheld"]
    sentences = (
        f"{_name(one['column'])} of {_name(one['table'])}: {_text(one['reason'])}"
        for one in withheld[:_MOST_WITHHELD]
    )
    problems = found["problems"][:_MOST_PROBLEMS]
    return DataFacts(
        tables=tuple(map(_table, found["tables"][:_MOST_TABLES])),
        arrays=tuple(map(_array, found["arrays"][:_MOST_ARRAYS])),
        images=tuple(map(_images, found["images"][:_MOST_TABLES])),
        withheld=tuple(sentences),
        problems=tuple(
            ": ".join(filter(None, (_name(one["file"]), _text(one["message"]))))
            for one in problems
        ),
    )


def _table(table: TableStatistics) -> TableFacts:
    rows, columns = count_of(table["rows"]), table["columns"]
    about = "about " if table["estimated"] else ""
    sample = table["sample"]
    read = count_of(sample["rows"]) if sample else rows
    described = f", described by {plural(read, 'row')} of them" if sample else ""
    files = plural(count_of(table["files"]), "file")
    return TableFacts(
        name=_name(table["name"]),
        split=table["split"] or "",
        amount=f"{about}{plural(rows, 'row')} in {files}{described}",
        columns=tuple(_column(one, read) for one in columns[:MOST_COLUMNS]),
        columns_left_out=max(0, len(columns) - MOST_COLUMNS),
    )


def _column(column: ColumnStatistics, rows: int) -> ColumnFacts:
    low, high = shown_value(column["min"]), shown_value(column["max"])
    ends = f" from {low} to {high}" if low and high else ""
    facts: dict[str, Any] = {}
    if bars := bars_path([*map(count_of, column.get("histogram", ()))]):
        facts = {"bars": bars, "alt": f"Histogram{ends}"}
    elif plot := _column_range(column):
        facts = {"range": plot, "alt": f"Range{ends}, with quartiles"}
    elif top := _top([(shown_value(o["value"]), o["count"]) for o in column["top"]], _MOST_TOP):
        facts = {"top": top, "alt": "The most frequent values"}
    return ColumnFacts(
        name=column["name"],
        kind=_text(column["type"])[:_LONGEST_NAME],
        low=low,
        high=high,
        missing=_missing(count_of(column["nulls"]), rows),
        withheld=_text(column["withheld"] or ""),
        **facts,
    )


def _column_range(column: ColumnStatistics) -> RangePlot | None:
    quartiles = [column["quantiles"].get(key) for key in ("0.25", "0.5", "0.75")]
    return _range(column["min"], column["max"], quartiles)


def _range(
    low: CellValue | None, high: CellValue | None, inner: Sequence[float | None]
) -> RangePlot | None:
    numbers = [_finite(one) for one in (low, high, *inner)]
    known = [one for one in numbers if one is not None]
    return range_plot(known[0], known[1], known[2:]) if len(known) == len(numbers) else None


def _finite(value: CellValue | None) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 10**300:
        return None
    return float(value)


def _top(pairs: Sequence[tuple[str, int]], most: int) -> tuple[TopValue, ...]:
    counts = [(label, count_of(count)) for label, count in pairs[:most]]
    largest = max((count for _, count in counts), default=0) or 1
    return tuple(
        TopValue(label, f"{count:,}", round(100 * count / largest, 1)) for label, count in counts
    )


def _missing(count: int, of: int) -> str:
    if count <= 0:
        return ""
    share = 100 * count / max(of, count)
    return f"{count:,} missing ({share:.0f}%)" if share >= 1 else f"{count:,} missing"


def _array(entry: ArrayStatistics) -> ArrayFacts:
    members = entry["members"]
    return ArrayFacts(
        name=_name(entry["name"]),
        amount=plural(count_of(entry["files"]), "file"),
        variables=tuple(map(_variable, members[:_MOST_MEMBERS])),
        left_out=max(0, len(members) - _MOST_MEMBERS),
        plot=_plot(entry),
    )


def _variable(member: MemberStatistics) -> VariableFacts:
    path = member["path"].strip("/")
    name = path.rpartition("/")[2]
    count = count_of(member["count"])
    shown = _name(name) + (f" ({count:,} of them)" if count > 1 else "")
    meanings = (member["attributes"].get(key) for key in _MEANINGS)
    meaning = next(filter(None, meanings), "")
    if member["kind"] == "group":
        return VariableFacts(shown, min(path.count("/"), 6), is_group=True, meaning=_text(meaning))
    return VariableFacts(
        name=shown,
        depth=min(path.count("/"), 6),
        is_group=False,
        meaning=_text(meaning),
        kind=_text(member["type"])[:_LONGEST_NAME],
        shape=_shape(member),
        units=_text(member["units"] or "")[:_LONGEST_NAME],
        low=shown_value(member["min"]),
        high=shown_value(member["max"]),
        mean=shown_value(member["mean"]),
        range=_range(member["min"], member["max"], [member["mean"]]),
        missing=_missing(count_of(member["missing"]), count_of(_values_read(member))),
    )


def _values_read(member: MemberStatistics) -> int:
    if sample := member["sample"]:
        return sample["values"]
    total = 1
    for length in member["shape"][:32]:
        total = min(_LARGEST, total * (length or 1))
    return total


def _shape(member: MemberStatistics) -> str:
    shape, names = member["shape"][:8], member["dimensions"]
    if not shape:
        return "one value"
    lengths = ("any" if one is None else f"{count_of(one):,}" for one in shape)
    if len(names) == len(member["shape"]):
        pairs = zip(names, lengths, strict=False)
        words = (f"{_name(name)} {length}" if name else length for name, length in pairs)
    else:
        words = iter(lengths)
    return _TIMES.join(words) + (f"{_TIMES}…" if len(member["shape"]) > len(shape) else "")


def _plot(entry: ArrayStatistics) -> FieldPlot | None:
    preview = entry["preview"]
    if preview is None:
        return None
    values = [[_finite(one) for one in row] for row in preview["values"]]
    known = [one for row in values for one in row if one is not None]
    width, height, areas = color_areas(values)
    if not areas:
        return None
    units = next((o["units"] for o in entry["members"] if o["path"] == preview["path"]), None)
    of_units = f" {_text(units)[:_LONGEST_NAME]}" if units else ""
    at = f" at {_text(preview['at'])}" if preview["at"] else ""
    title = f"{_name(preview['path'])}{at}"
    rows, columns = (_name(one) for one in preview["dimensions"])
    over = f" over {rows} and {columns}" if rows and columns else ""
    low, high = shown_value(min(known)), f"{shown_value(max(known))}{of_units}"
    alt = f"A slice of {title}{over}, as colors from {low} to {high}"
    return FieldPlot(title, alt, width, height, areas, low, high)


def _images(entry: Mapping[str, Any]) -> ImageFacts:
    pairs = [(_name(one["name"]), one["files"]) for one in entry["classes"]]
    pairs.sort(key=lambda one: (-one[1], one[0]))
    amount = plural(count_of(entry["files"]), "image")
    split = f", {_name(entry['split'])}" if entry["split"] else ""
    return ImageFacts(
        name=f"{_name(entry['name'])}{split}",
        amount=amount,
        classes=_top(pairs, _MOST_CLASSES),
        left_out=max(0, len(pairs) - _MOST_CLASSES),
    )


def _name(text: str) -> str:
    return cut(clean(text[: 4 * _LONGEST_NAME]), _LONGEST_NAME)


def _text(text: str) -> str:
    return cut(clean(text[: 4 * _LONGEST_TEXT]), _LONGEST_TEXT)
