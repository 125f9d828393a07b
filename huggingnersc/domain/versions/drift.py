"""Compare the statistics of two versions: what changed of the schema, and how values drifted.

A small change of a number is no finding. What is reported: a mean that moved by a tenth of the
standard deviation, a spread that grew or shrank by a tenth, values beyond the earlier range, a
share of missing values or of a frequent value that moved by a hundredth or a twentieth.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from huggingnersc.domain.versions.statistics import (
        ArrayStatistics,
        CellValue,
        ColumnStatistics,
        ImageStatistics,
        MemberStatistics,
        RowSample,
        Statistics,
        TableStatistics,
        ValueSample,
    )

MIN_SHIFT = 0.1  # of a mean, in standard deviations
MIN_SPREAD = 0.1  # of a standard deviation, relative
MIN_MISSING = 0.01  # of the share of missing values
MIN_SHARE = 0.05  # of the share of a frequent value or a class
MIN_DISTINCT = 0.1  # of the number of different values, which is approximate
_MAX_NAMED = 5

Part = TypeVar("Part")


class DriftKind(StrEnum):
    """What a change of the statistics is about."""

    SCHEMA = "schema"  # columns, members, types, units, classes
    DRIFT = "drift"  # the distribution of the values
    SIZE = "size"  # how much there is


@dataclass(frozen=True, slots=True)
class StatisticsChange:
    """One change between two statistics.

    Attributes:
        kind: what it is about.
        about: the table, array or image set, and what of it.
        message: before and after.
        is_sample: whether a number in it is that of a sample.
    """

    kind: DriftKind
    about: str
    message: str
    is_sample: bool = False


def statistics_changes(before: Statistics, after: Statistics) -> tuple[StatisticsChange, ...]:
    """Return what changed of the schema first, then how values drifted, then how much there is."""
    found = (
        *_in_both("table", before["tables"], after["tables"], _table_name, _table_changes),
        *_in_both("array", before["arrays"], after["arrays"], _array_name, _array_changes),
        *_in_both("images", before["images"], after["images"], _image_name, _image_changes),
        *_examples(before, after),
    )
    order = list(DriftKind)
    return tuple(sorted(found, key=lambda one: order.index(one.kind)))


def _in_both(
    what: str,
    before: Sequence[Part],
    after: Sequence[Part],
    name: Callable[[Part], str],
    changes: Callable[[str, Part, Part], Iterable[StatisticsChange]],
) -> Iterator[StatisticsChange]:
    """Yield the changes of parts that are on both sides, and the names of all others."""
    old, new = ({name(part): part for part in side} for side in (before, after))
    if len(old) == len(new) == 1 and old.keys() != new.keys():  # one file under another name
        new = dict.fromkeys(old, next(iter(new.values())))
    yield from _names(f"{what} {{}}", old.keys(), new.keys())
    for key in old.keys() & new.keys():
        yield from changes(key, old[key], new[key])


def _names(form: str, old: Iterable[str], new: Iterable[str]) -> Iterator[StatisticsChange]:
    old, new = list(old), list(new)
    gone = [name for name in old if name not in set(new)]
    came = [name for name in new if name not in set(old)]
    for names, said in ((gone, "is gone"), (came, "is new")):
        for one in names:
            yield StatisticsChange(DriftKind.SCHEMA, form.format(one), said)


def _table_name(table: TableStatistics) -> str:
    return f"{table['name']} ({table['split']})" if table["split"] else table["name"]


def _array_name(array: ArrayStatistics) -> str:
    return array["name"]


def _image_name(images: ImageStatistics) -> str:
    return f"{images['name']} ({images['split']})" if images["split"] else images["name"]


def _table_changes(
    name: str, before: TableStatistics, after: TableStatistics
) -> Iterator[StatisticsChange]:
    is_estimate = before["estimated"] or after["estimated"]
    yield from _count(name, "rows", before["rows"], after["rows"], is_sample=is_estimate)
    old, new = ({column["name"]: column for column in t["columns"]} for t in (before, after))
    yield from _names(f"{name}: column {{}}", old, new)
    rows = _rows_read(before), _rows_read(after)
    is_sample = _is_sample(before["sample"], after["sample"])
    for column in old:
        if column in new:
            pair = old[column], new[column]
            yield from _column_changes(f"{name}: {column}", *pair, rows, is_sample=is_sample)


def _rows_read(table: TableStatistics) -> int:
    return table["sample"]["rows"] if table["sample"] else table["rows"]


def _is_sample(*samples: RowSample | ValueSample | None) -> bool:
    return any(sample is not None for sample in samples)


def _column_changes(
    about: str,
    before: ColumnStatistics,
    after: ColumnStatistics,
    rows: tuple[int, int],
    *,
    is_sample: bool,
) -> Iterator[StatisticsChange]:
    if before["type"] != after["type"]:
        types = f"type {before['type']} -> {after['type']}"
        yield StatisticsChange(DriftKind.SCHEMA, about, types)
        return
    messages: tuple[str | None, ...] = (
        _missing(before["nulls"], after["nulls"], rows),
        _moved(before, after),
        _spread(before["std"], after["std"]),
        *_beyond(before, after),
        *_shares(_top(before), _top(after), rows),
        _distinct(before["distinct"], after["distinct"]),
    )
    for said in messages:
        if said:
            yield StatisticsChange(DriftKind.DRIFT, about, said, is_sample=is_sample)


def _missing(before: int, after: int, rows: tuple[int, int]) -> str | None:
    old, new = _share(before, rows[0]), _share(after, rows[1])
    is_other = abs(new - old) >= MIN_MISSING
    return f"missing values {old:.1%} -> {new:.1%}" if is_other else None


def _share(count: int, of: int) -> float:
    return count / of if of else 0.0


def _moved(before: ColumnStatistics, after: ColumnStatistics) -> str | None:
    old, new, std = before["mean"], after["mean"], before["std"]
    if old is None or new is None or old == new:
        return None
    said = f"mean {_number(old)} -> {_number(new)}"
    if not std:
        return said
    shift = abs(new - old) / std
    return f"{said}, {shift:.2g} standard deviations" if shift >= MIN_SHIFT else None


def _spread(old: float | None, new: float | None) -> str | None:
    if old is None or new is None or abs(new - old) < MIN_SPREAD * abs(old) or old == new:
        return None
    return f"standard deviation {_number(old)} -> {_number(new)}"


def _beyond(
    before: ColumnStatistics | MemberStatistics, after: ColumnStatistics | MemberStatistics
) -> Iterator[str]:
    """Yield the smallest and largest value where they are beyond those before."""
    for key, is_beyond in (("min", _is_below), ("max", _is_above)):
        old, new = (_as_number(side[key]) for side in (before, after))  # type: ignore[literal-required]
        if old is not None and new is not None and is_beyond(new, old):
            yield f"{key} {_number(old)} -> {_number(new)}"


def _is_below(new: float, old: float) -> bool:
    return new < old


def _is_above(new: float, old: float) -> bool:
    return new > old


def _as_number(value: CellValue | None) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and math.isfinite(float(value)) else None  # type: ignore[arg-type]


def _top(column: ColumnStatistics) -> dict[str, int]:
    return {str(one["value"]): one["count"] for one in column["top"]}


def _shares(
    old: Mapping[str, int], new: Mapping[str, int], totals: tuple[int, int]
) -> Iterator[str]:
    """Yield the values whose share moved; a value that is not listed counts as 0."""
    if not old or not new:
        return
    moved = []
    for value in {**old, **new}:
        first, second = _share(old.get(value, 0), totals[0]), _share(new.get(value, 0), totals[1])
        if abs(second - first) >= MIN_SHARE:
            moved.append((abs(second - first), f"{value!r} {first:.0%} -> {second:.0%}"))
    moved.sort(key=lambda one: (-one[0], one[1]))
    if moved:
        more = f", and {len(moved) - _MAX_NAMED} more" if len(moved) > _MAX_NAMED else ""
        yield f"shares {', '.join(said for _, said in moved[:_MAX_NAMED])}{more}"


def _distinct(old: int | None, new: int | None) -> str | None:
    if old is None or new is None or abs(new - old) < max(1, MIN_DISTINCT * old):
        return None
    return f"distinct values {old:,} -> {new:,}"


def _array_changes(
    name: str, before: ArrayStatistics, after: ArrayStatistics
) -> Iterator[StatisticsChange]:
    yield from _count(name, "files", before["files"], after["files"])
    old, new = ({member["path"]: member for member in side["members"]} for side in (before, after))
    yield from _names(f"{name}: {{}}", old, new)
    yield from _attributes(name, before["attributes"], after["attributes"])
    for path in old:
        if path in new:
            yield from _member_changes(f"{name}: {path}", old[path], new[path])


def _member_changes(
    about: str, before: MemberStatistics, after: MemberStatistics
) -> Iterator[StatisticsChange]:
    facts = (
        ("type", before["type"], after["type"]),
        ("shape", _shape(before["shape"]), _shape(after["shape"])),
        ("dimensions", ", ".join(before["dimensions"]), ", ".join(after["dimensions"])),
        ("units", before["units"] or "none", after["units"] or "none"),
    )
    for key, old, new in facts:
        if old != new:
            yield StatisticsChange(DriftKind.SCHEMA, about, f"{key} {old} -> {new}")
    yield from _attributes(about, before["attributes"], after["attributes"])
    is_sample = _is_sample(before["sample"], after["sample"])
    for said in (_mean_of_range(before, after), *_beyond(before, after)):
        if said:
            yield StatisticsChange(DriftKind.DRIFT, about, said, is_sample=is_sample)


def _shape(lengths: Sequence[int | None]) -> str:
    return " x ".join("?" if one is None else str(one) for one in lengths) or "none"


def _mean_of_range(before: MemberStatistics, after: MemberStatistics) -> str | None:
    """Return how a mean moved, by the range of the values, as arrays have no known spread."""
    old, new = _as_number(before["mean"]), _as_number(after["mean"])
    low, high = _as_number(before["min"]), _as_number(before["max"])
    if old is None or new is None or low is None or high is None or old == new:
        return None
    if high > low and abs(new - old) < MIN_SHARE * (high - low):
        return None
    return f"mean {_number(old)} -> {_number(new)}"


def _attributes(
    about: str, old: Mapping[str, str], new: Mapping[str, str]
) -> Iterator[StatisticsChange]:
    for key in sorted({*old, *new}):
        if old.get(key) != new.get(key):
            sides = (repr(side[key]) if key in side else "none" for side in (old, new))
            said = f"attribute {key} {' -> '.join(sides)}"
            yield StatisticsChange(DriftKind.SCHEMA, about, said)


def _image_changes(
    name: str, before: ImageStatistics, after: ImageStatistics
) -> Iterator[StatisticsChange]:
    yield from _count(name, "images", before["files"], after["files"])
    old, new = ({one["name"]: one["files"] for one in side["classes"]} for side in (before, after))
    yield from _names(f"{name}: class {{}}", old, new)
    for said in _shares(old, new, (before["files"], after["files"])):
        yield StatisticsChange(DriftKind.DRIFT, name, said)
    modes = ({one["mode"] for one in side["modes"]} for side in (before, after))
    formats = ({one["format"] for one in side["formats"]} for side in (before, after))
    sizes = (
        {f"{one['width']} x {one['height']}" for one in side["sizes"]} for side in (before, after)
    )
    for what, (first, second) in (("mode", modes), ("format", formats), ("size", sizes)):
        if came := sorted(second - first)[:_MAX_NAMED]:
            said = f"new {what}: {', '.join(came)}"
            is_sample = before["sample"] is not None or after["sample"] is not None
            yield StatisticsChange(DriftKind.SCHEMA, name, said, is_sample=is_sample)


def _examples(before: Statistics, after: Statistics) -> Iterator[StatisticsChange]:
    old, new = before["examples"], after["examples"]
    if old is None or new is None:
        return
    is_sample = old["sample"] or new["sample"]
    yield from _count("all", "examples", old["count"], new["count"], is_sample=is_sample)
    for split in old["by_split"]:
        if split in new["by_split"]:
            counts = old["by_split"][split], new["by_split"][split]
            yield from _count(split, "examples", *counts, is_sample=is_sample)


def _count(
    about: str, what: str, old: int, new: int, *, is_sample: bool = False
) -> Iterator[StatisticsChange]:
    if old != new:
        said = f"{what} {old:,} -> {new:,}"
        yield StatisticsChange(DriftKind.SIZE, about, said, is_sample=is_sample)


def _number(value: float) -> str:
    return f"{value:.6g}"
