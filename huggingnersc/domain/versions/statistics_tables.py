"""The statistics of a version as tables of text, for the card and for the terminal alike."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.domain.draft.split import in_order
from huggingnersc.domain.text.formatting import first_names, number_words, plural, size_words
from huggingnersc.domain.text.markdown import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from huggingnersc.domain.versions.statistics import (
        ArrayStatistics,
        CellValue,
        ColumnStatistics,
        ImageStatistics,
        MemberStatistics,
        Statistics,
        TableStatistics,
        TextStatistics,
    )

_LONGEST_VALUE = 24  # characters of a value in a cell
_LONGEST_NAME = 60
_MOST_VALUES = 3  # of the most frequent ones, of sizes, modes and formats
_LONGEST_TEXT = 120
_TELLING = ("title", "description", "summary", "institution", "source")  # of a file
_MEANINGS = ("long_name", "standard_name", "description")  # of an array, by its attributes


@dataclass(frozen=True, slots=True)
class StatisticsTable:
    """A part of statistics.

    Attributes:
        title: the name of the files.
        notes: sentences about all of it; that a number is from a sample is one.
        head: the names of the columns; empty for no table.
        rows: one text for each column each.
        rest: what is counted where rows are left out, such as `columns`.
    """

    title: str
    notes: tuple[str, ...]
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    rest: str = "rows"


def summary(found: Statistics) -> str:
    """Return the first sentences: how many files and examples there are."""
    text = f"{plural(found['files'], 'file')}, {size_words(found['size_bytes'])}"
    kinds = [one for one in found["by_extension"] if one["extension"]]
    if kinds:
        named = ((one["extension"] or "", one["files"]) for one in kinds[:_MOST_VALUES])
        text += f": {_counted(named)}" + (" and others" if len(kinds) > _MOST_VALUES else "")
    return f"{text}."


def examples_sentence(found: Statistics) -> str:
    """Return how many examples there are, by split; empty where that is not known."""
    examples = found["examples"]
    if examples is None:
        return ""
    about = "About " if examples["sample"] else ""
    text = f"{about}{plural(examples['count'], 'example')}"
    splits = [(name, examples["by_split"][name]) for name in in_order([*examples["by_split"]])]
    return f"{text}: {_counted(splits)}." if splits else f"{text}."


def statistics_tables(found: Statistics) -> Iterator[StatisticsTable]:
    """Yield the parts of statistics: tables, arrays, images, texts."""
    yield from map(_table, found["tables"])
    yield from map(_arrays, found["arrays"])
    if found["images"]:
        yield _images(found["images"])
    if found["texts"]:
        yield _texts(found["texts"])


def notices(found: Statistics) -> Iterator[str]:
    """Yield what is left out of statistics, as sentences."""
    for one in found["withheld"]:
        column = f"{_name(one['column'])} ({_name(one['table'])})"
        yield f"The values of {column} are left out: {clean(one['reason'])}."
    for problem in found["problems"]:
        name = f"{_name(problem['file'])}: " if problem["file"] else ""
        yield f"{name}{clean(problem['message'])}."


def value_words(value: CellValue | None) -> str:
    """Return a value as a short text: a number with five significant digits; empty for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return cut(clean(value), _LONGEST_VALUE)
    return number_words(value)


def clean(text: str) -> str:
    """Return a text on one line, without byte order marks, which Markdown drops."""
    return one_line(text.replace("\ufeff", " "))


def cut(text: str, most: int) -> str:
    """Return a text of at most so many characters."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _table(table: TableStatistics) -> StatisticsTable:
    about = "about " if table["estimated"] else ""
    size = f"{plural(len(table['columns']), 'column')}, {about}{plural(table['rows'], 'row')}"
    notes = [f"{_files(table['files'], _KINDS[table['format']])}: {size}."]
    read = table["rows"]
    if sample := table["sample"]:
        read = sample["rows"]
        notes.append(f"The values below are from a sample of {plural(read, 'row')}.")
    rows = tuple(_column_row(column, read) for column in table["columns"])
    head = ("Column", "Type", "Missing", "Distinct", "Min", "Mean", "Max", "Most frequent")
    return StatisticsTable(
        _title(table["name"], table["split"]), tuple(notes), head, rows, "columns"
    )


_KINDS = {"csv": "CSV", "jsonl": "JSON lines", "parquet": "Parquet"}
_ARRAY_KINDS = {"hdf5": "HDF5", "netcdf": "netCDF", "zarr": "Zarr"}


def _column_row(column: ColumnStatistics, rows: int) -> tuple[str, ...]:
    top = ", ".join(
        f"{value_words(one['value'])} ({_share(one['count'], rows)})"
        for one in column["top"][:_MOST_VALUES]
    )
    withheld = column["withheld"]
    return (
        _name(column["name"]),
        cut(clean(column["type"]), _LONGEST_VALUE),
        _share(column["nulls"], rows),
        value_words(column["distinct"]),
        value_words(column["min"]),
        value_words(column["mean"]),
        value_words(column["max"]),
        f"left out: {clean(withheld)}" if withheld else top,
    )


def _arrays(entry: ArrayStatistics) -> StatisticsTable:
    kind = _ARRAY_KINDS[entry["format"]]
    arrays = [member for member in entry["members"] if member["kind"] == "array"]
    groups = sum(member["kind"] == "group" for member in entry["members"])
    inside = f" in {plural(groups, 'group')}" if groups else ""
    count = plural(len(arrays), "array")
    of_one = " of one structure" if entry["files"] > 1 else ""
    notes = [f"{_files(entry['files'], kind)}{of_one}: {count}{inside}."]
    named = [f"{_name(name)}: {cut(clean(text), _LONGEST_TEXT)}" for name, text in _telling(entry)]
    if named:
        notes.append(f"{'; '.join(named)}.")
    rows = [member for member in entry["members"] if member["kind"] != "group"]
    if any(member["sample"] for member in rows):
        notes.append("Where values are from a sample, the last column says how many were read.")
    return StatisticsTable(
        _title(entry["name"], None),
        tuple(notes),
        *_without_empty(
            (
                "Array",
                "Meaning",
                "Shape",
                "Type",
                "Units",
                "Min",
                "Mean",
                "Max",
                "Missing",
                "Read",
            ),
            [_member_row(member) for member in rows],
        ),
        "arrays",
    )


def _telling(entry: ArrayStatistics) -> list[tuple[str, str]]:
    """Return the attributes of a file that say most, three of them at most."""
    held = entry["attributes"]
    known = [name for name in _TELLING if held.get(name)]
    others = [name for name in held if name not in known and held[name]]
    return [(name, held[name]) for name in (*known, *others)[:_MOST_VALUES]]


def _member_row(member: MemberStatistics) -> tuple[str, ...]:
    named = member["attributes"]
    meaning = next((named[key] for key in _MEANINGS if named.get(key)), "")
    times = f" ({member['count']:,} times)" if member["count"] > 1 else ""
    sample = member["sample"]
    read = sample["values"] if sample else math.prod(one or 0 for one in member["shape"])
    part = f"{_share(sample['values'], sample['of_values'])} of the values" if sample else ""
    return (
        f"{_name(member['path'])}{times}",
        cut(clean(meaning), _LONGEST_NAME),
        shape_words(member),
        cut(clean(member["type"]), _LONGEST_NAME),
        cut(clean(member["units"] or ""), _LONGEST_VALUE),
        value_words(member["min"]),
        value_words(member["mean"]),
        value_words(member["max"]),
        _share(member["missing"], read) if member["missing"] and read else "",
        part,
    )


def shape_words(member: MemberStatistics) -> str:
    """Return a shape with the names of its dimensions, `time=24 x lat=20`, or `24 x 20`."""
    names = member["dimensions"] or [""] * len(member["shape"])
    lengths = ("varies" if one is None else f"{one:,}" for one in member["shape"])
    known = zip((cut(clean(name), _LONGEST_NAME) for name in names), lengths, strict=True)
    return " x ".join(f"{name}={length}" if name else length for name, length in known)


def _images(entries: Sequence[ImageStatistics]) -> StatisticsTable:
    notes = [_image_note(entry) for entry in entries]
    names = [entry["split"] or "Images" for entry in entries]
    counts: dict[str, list[int]] = {}
    for place, entry in enumerate(entries):
        for one in entry["classes"]:
            counts.setdefault(one["name"], [0] * len(entries))[place] = one["files"]
    ordered = sorted(counts.items(), key=lambda one: (-sum(one[1]), one[0]))
    rows = tuple((_name(name), *(f"{count:,}" for count in held)) for name, held in ordered)
    head = ("Class", *map(_name, names)) if rows else ()
    return StatisticsTable("Images", tuple(notes), head, rows, "classes")


def _image_note(entry: ImageStatistics) -> str:
    name = f"{_name(entry['split'])}: " if entry["split"] else ""
    sizes = ((f"{one['width']} x {one['height']}", one["files"]) for one in entry["sizes"])
    parts = (
        _counted((one["format"], one["files"]) for one in entry["formats"]),
        _counted((one["mode"], one["files"]) for one in entry["modes"]),
        _counted(sizes) + (" pixels" if entry["sizes"] else ""),
    )
    known = "; ".join(part for part in parts if part)
    sample = entry["sample"]
    of = f", on a sample of {plural(sample['files'], 'image')}" if sample else ""
    return f"{name}{plural(entry['files'], 'image')}{of}{': ' if known else ''}{known}."


def _texts(entries: Sequence[TextStatistics]) -> StatisticsTable:
    rows = tuple(
        (
            _title(one["name"], one["split"]),
            f"{one['files']:,}",
            f"about {one['lines']:,}, from a sample" if one["sample"] else f"{one['lines']:,}",
        )
        for one in entries
    )
    return StatisticsTable("Texts", (), ("Text", "Files", "Lines"), rows, "texts")


def _without_empty(
    head: Sequence[str], rows: Sequence[tuple[str, ...]]
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return a table without the columns in which no row has a text, the first one kept."""
    kept = [place for place in range(len(head)) if not place or any(row[place] for row in rows)]
    return (
        tuple(head[place] for place in kept),
        tuple(tuple(row[place] for place in kept) for row in rows),
    )


def _title(name: str, split: str | None) -> str:
    return f"{_name(name)} ({_name(split)})" if split else _name(name)


def _name(text: str) -> str:
    return cut(clean(text), _LONGEST_NAME) or "(no name)"


def _files(count: int, kind: str) -> str:
    return f"{count:,} {kind} files" if count != 1 else f"{kind} file"


def _counted(pairs: Iterable[tuple[str, int]]) -> str:
    """Return `train (100), test (50)`, three of them at most; the name alone where it is one."""
    known = [*pairs]
    if len(known) == 1:
        return _name(known[0][0])
    return first_names([f"{_name(name)} ({count:,})" for name, count in known], _MOST_VALUES)


def _share(count: int, total: int) -> str:
    """Return a part of a total in percent, never 0% or 100% where it is not."""
    if not count or not total:
        return "0%"
    percent = 100 * count / total
    if percent < 0.1:
        return "<0.1%"
    return "100%" if count >= total else ">99.9%" if percent > 99.9 else f"{percent:.3g}%"
