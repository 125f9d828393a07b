"""What is concluded of the columns of a table from what DuckDB counted."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.statistics.table_query import Kind, PlannedColumn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from huggingnersc.domain.versions.statistics import CellValue, ColumnStatistics, ValueCount

_TOP = 10
_MOST_DIFFERENT = {Kind.TEXT: 1_000, Kind.NUMBER: 50, Kind.BOOLEAN: 2}
_LONG_CHARS, _LONG_MEAN_CHARS = 500, 80  # of what is a text and not a label
_LONG_DIGITS = 16  # of integers that a double does not hold exactly
_SHOWN_CHARS = 100
_SHOWN_NAME, _SHOWN_TYPE = 200, 100
_MOST_BINS = 20
_LARGEST_BINNED = 1e300
_MISFITS = 0.01  # the share of values of another type that do not make the column text
_BIGINT_LIMIT = 2**63


def planned(name: str, facts: Mapping[str, Any]) -> PlannedColumn:
    """Return the type of a column whose values are stored as text, by its first rows."""
    return with_top(PlannedColumn(name, _type(facts), is_cast=True), facts)


def _type(facts: Mapping[str, Any]) -> str:
    """Return the type that nearly all values have."""
    enough = facts["present"] * (1 - _MISFITS)
    kinds = (
        ("BOOLEAN", facts["booleans"]),
        ("BIGINT", facts["integers"]),
        ("DOUBLE", facts["numbers"]),
        ("DATE", facts["dates"]),
        ("TIMESTAMP", facts["dates"] + facts["times"]),
    )
    if not facts["present"] or facts["codes"]:
        return "VARCHAR"
    return next((kind for kind, count in kinds if count >= enough), "VARCHAR")


def with_top(column: PlannedColumn, facts: Mapping[str, Any]) -> PlannedColumn:
    """Return a column with whether its values are long, and few enough to be counted."""
    is_long = facts["longest"] > _LONG_CHARS or facts["mean_length"] > _LONG_MEAN_CHARS
    is_number = column.kind is Kind.NUMBER
    is_few = facts["distinct"] <= _MOST_DIFFERENT.get(column.kind, -1)
    return replace(
        column,
        is_long=column.kind is Kind.TEXT and is_long,
        is_exact=column.is_integer and facts["longest"] >= _LONG_DIGITS,
        has_top=is_few and (column.is_integer or not is_number) and not is_long,
    )


def corrected(column: PlannedColumn, found: Mapping[str, Any]) -> PlannedColumn:
    """Return a column as all its rows show it: text where too many values are of no other type."""
    misfits = found["present"] - found["typed"]
    if column.is_cast and misfits > _MISFITS * found["present"]:
        return replace(column, type="VARCHAR", is_exact=False, has_top=False)
    if column.is_cast and column.is_integer and found["fractions"]:
        return replace(column, type="DOUBLE", is_exact=False, has_top=False)
    return column


def column_statistics(
    column: PlannedColumn, rows: int, found: Mapping[str, Any]
) -> ColumnStatistics:
    """Return the statistics of a column, with all its values."""
    numbers = {key: _rounded(found.get(key), found) for key in ("mean", "std")}
    quantiles = found.get("quantiles") or ()
    pairs = zip(("0.25", "0.5", "0.75"), (_rounded(one, found) for one in quantiles), strict=False)
    present = found["present"] - found.get("not_a_number", 0)
    distinct = found.get("distinct")
    statistics: ColumnStatistics = {
        "name": column.name[:_SHOWN_NAME],
        "type": _shown_type(column, found),
        "nulls": rows - present,
        "distinct": None if distinct is None else min(distinct, present),
        "min": _shown(column, found.get("min")),
        "max": _shown(column, found.get("max")),
        "mean": numbers["mean"],
        "std": numbers["std"],
        "quantiles": {key: value for key, value in pairs if value is not None},
        "top": _top(column, found.get("histogram") or {}),
        "withheld": None,
    }
    if found.get("bins"):
        statistics["histogram"] = found["bins"]
    return statistics


def bin_edges(column: PlannedColumn, found: Mapping[str, Any]) -> list[float]:
    """Return the largest value of each range of a histogram; none where there cannot be one.

    The ranges are equally wide; of a few different integers each has its own.
    """
    if found.get("min") is None or found.get("max") is None:
        return []
    low, high = float(found["min"]), float(found["max"])
    if not low < high or not math.isfinite(high - low) or abs(low) + abs(high) > _LARGEST_BINNED:
        return []
    if column.is_integer and high - low < _MOST_BINS:
        return [low + number for number in range(int(high - low) + 1)]
    width = (high - low) / _MOST_BINS
    edges = [low + width * number for number in range(1, _MOST_BINS)]
    return [*edges, high] if low < edges[0] and edges[-1] < high else []


def without_values(column: ColumnStatistics, reason: str) -> ColumnStatistics:
    """Return the statistics of a column with its counts only."""
    empty: dict[str, Any] = {"min": None, "max": None, "mean": None, "std": None}
    kept = {key: value for key, value in column.items() if key != "histogram"}
    return {**kept, **empty, "quantiles": {}, "top": [], "withheld": reason}  # type: ignore[typeddict-item]


def _shown_type(column: PlannedColumn, found: Mapping[str, Any]) -> str:
    if column.is_cast and column.is_integer:
        extremes = [abs(found[key]) for key in ("min", "max") if found[key] is not None]
        return "HUGEINT" if any(one >= _BIGINT_LIMIT for one in extremes) else "BIGINT"
    return column.type[:_SHOWN_TYPE]


def _top(column: PlannedColumn, histogram: Mapping[Any, int]) -> list[ValueCount]:
    """Return the most frequent values; one that is in a single row says nothing."""
    often = [(value, count) for value, count in histogram.items() if count > 1]
    often.sort(key=lambda one: (-one[1], str(one[0])))
    shown = ((_shown(column, value), count) for value, count in often[:_TOP])
    return [{"value": value, "count": count} for value, count in shown if value is not None]


def _shown(column: PlannedColumn, value: Any) -> CellValue | None:
    """Return a value as JSON has it."""
    if value is None or isinstance(value, bool):
        return value
    if column.kind is not Kind.NUMBER:
        return str(value)[:_SHOWN_CHARS]
    if isinstance(value, int):
        return value
    number = float(value)
    if not math.isfinite(number):
        return None
    if column.is_cast and column.is_integer:
        return int(number)
    return float(f"{number:.7g}") if column.type == "FLOAT" else number


def _rounded(value: float | None, found: Mapping[str, Any]) -> float | None:
    """Round to a hundred-thousandth of the range: more would be noise of approximations."""
    if value is None or not math.isfinite(value):
        return None
    low, high = found.get("min"), found.get("max")
    spread = float(high) - float(low) if low is not None and high is not None else 0.0
    if not spread or not math.isfinite(spread):
        return float(f"{value:.7g}")
    return round(float(value), 5 - math.floor(math.log10(spread)))
