"""The SQL by which DuckDB reads and describes a table.

No name from a file is in it but those of JSON keys: columns are called `c0`, `c1` and so on.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from huggingnersc.adapters.statistics.row_sample import LONGEST_LINE_BYTES
from huggingnersc.domain.draft.table import MISSING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from huggingnersc.adapters.statistics.table_files import TableForm

REJECTS = 1_000  # rows that break the form of a CSV file and are counted
_INTEGER = r"[+-]?(0|[1-9][0-9]{0,37})"
_NUMBER = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?[iI]nf(inity)?|[nN]a[nN]"
_CODE = r"[+-]?0[0-9]+"  # 007 is a name, not a number
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = _DATE + r"[T ][0-9]{2}:[0-9]{2}.*"
_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")


class Kind(StrEnum):
    """What is counted of a column."""

    NUMBER = "number"
    TEXT = "text"
    TIME = "time"
    BOOLEAN = "boolean"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class PlannedColumn:
    """What is known of a column by its first rows.

    Attributes:
        name: as the file has it.
        type: as DuckDB calls it.
        is_cast: whether its values are stored as text and turned into the type.
        is_exact: whether its numbers are integers that a double does not hold exactly.
        has_top: whether so few values differ that the most frequent are counted.
        is_long: whether it holds long texts.
    """

    name: str
    type: str
    is_cast: bool = False
    is_exact: bool = False
    has_top: bool = False
    is_long: bool = False

    @property
    def kind(self) -> Kind:
        """What is counted of it."""
        base = self.type.partition("(")[0].strip('"')
        if self.type.endswith("]"):
            return Kind.OTHER
        if base.removeprefix("U") in _INTEGERS or base in {"FLOAT", "DOUBLE", "DECIMAL"}:
            return Kind.NUMBER
        if base in {"VARCHAR", "ENUM"}:
            return Kind.TEXT
        if base == "BOOLEAN":
            return Kind.BOOLEAN
        return Kind.TIME if base == "DATE" or base.startswith("TIME") else Kind.OTHER

    @property
    def is_integer(self) -> bool:
        """Whether it is said to hold integers."""
        return self.type.removeprefix("U") in _INTEGERS


def text(value: str) -> str:
    """Return a SQL string."""
    return "'" + value.replace("'", "''") + "'"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableReading:
    """How files are read.

    Attributes:
        is_sample: whether they are a sample of lines: not compressed and without header.
        is_strict: whether CSV must be regular; else odd quotes and line ends are accepted.
        notes_rejects: whether DuckDB notes which rows of CSV it leaves out.
    """

    is_sample: bool = False
    is_strict: bool = True
    notes_rejects: bool = False


def relation(files: Sequence[str], form: TableForm, reading: TableReading) -> str:
    """Return what reads files with plain names; columns are named by their positions."""
    names = ", ".join(f"c{number}" for number in range(len(form["columns"])))
    paths = "[" + ", ".join(map(text, files)) + "]"
    if form["format"] == "parquet":
        return f"read_parquet({paths}, hive_partitioning=false) AS t({names})"
    is_compressed = form["compressed"] and not reading.is_sample
    common = {"compression": text("gzip" if is_compressed else "none"), "ignore_errors": "true"}
    if form["format"] == "csv":
        return f"read_csv({paths}, {_words(common | _csv_options(form, reading))}) AS t({names})"
    if len({key.casefold() for key in form["columns"]}) == len(form["columns"]):
        keys = ", ".join(f"{text(key)}: 'VARCHAR'" for key in form["columns"])
        return f"read_json({paths}, {_words(common | _json_options(keys))}) AS t({names})"
    return f"{_read_objects(paths, form, common)} AS t({names})"


def _read_objects(paths: str, form: TableForm, common: dict[str, str]) -> str:
    """Return what reads JSON lines with keys that differ in their case only.

    DuckDB takes those for one column, so each line is read whole, and its values by their keys.
    """
    values = ", ".join(f"json ->> {text(_pointer(key))}" for key in form["columns"])
    options = common | _json_options("'json': 'JSON'") | {"records": "false"}
    return f"(SELECT {values} FROM read_json({paths}, {_words(options)}))"  # noqa: S608


def _pointer(key: str) -> str:
    """Return the JSON pointer (RFC 6901) to a key."""
    return "/" + key.replace("~", "~0").replace("/", "~1")


def _words(options: dict[str, str]) -> str:
    return ", ".join(f"{key}={value}" for key, value in options.items())


def _csv_options(form: TableForm, reading: TableReading) -> dict[str, str]:
    columns = ", ".join(f"c{number}: 'VARCHAR'" for number in range(len(form["columns"])))
    has_header = form["header"] and not reading.is_sample
    options = {
        "auto_detect": "false",
        "columns": f"{{{columns}}}",
        "nullstr": f"[{', '.join(map(text, MISSING))}]",
        "delim": text(form["delimiter"]),
        "quote": text('"'),
        "escape": text('"'),
        "header": str(has_header).lower(),
        "encoding": text(form["encoding"]),
        "max_line_size": str(LONGEST_LINE_BYTES),
        "strict_mode": str(reading.is_strict).lower(),
    }
    rejects = {"store_rejects": "true", "rejects_limit": str(REJECTS)}
    return options | (rejects if reading.notes_rejects else {})


def _json_options(columns: str) -> dict[str, str]:
    return {
        "format": text("newline_delimited"),
        "records": "true",
        "maximum_object_size": str(LONGEST_LINE_BYTES),
        "columns": f"{{{columns}}}",
    }


def load_head(source: str, columns: int, *, most_rows: int | None = None) -> str:
    """Return what loads the first columns of a relation as the table `head`."""
    names = ", ".join(f"c{number}" for number in range(columns))
    limit = "" if most_rows is None else f" LIMIT {most_rows}"
    return f"CREATE TEMP TABLE head AS SELECT {names} FROM {source}{limit}"  # noqa: S608


def head_query(numbers: Iterable[int]) -> str:
    """Return what the first rows, in the table `head`, say of columns of text."""
    return _select(
        f"""{{
            'present': count(c{n}),
            'integers': count(*) FILTER (regexp_full_match(trim(c{n}), '{_INTEGER}')),
            'numbers': count(*) FILTER (regexp_full_match(trim(c{n}), '{_NUMBER}')),
            'codes': count(*) FILTER (regexp_full_match(trim(c{n}), '{_CODE}')),
            'booleans': count(*) FILTER (lower(c{n}) IN ('true', 'false')),
            'dates': count(TRY_CAST(c{n} AS DATE)) FILTER (regexp_full_match(c{n}, '{_DATE}')),
            'times': count(TRY_CAST(c{n} AS TIMESTAMP))
                FILTER (regexp_full_match(c{n}, '{_TIME}')),
            'distinct': approx_count_distinct(c{n}),
            'longest': coalesce(max(length(c{n})), 0),
            'mean_length': coalesce(avg(length(c{n})), 0)
        }}"""
        for n in numbers
    )


def seen_query(n: int, most: int) -> str:
    """Return what yields different values of a column of the table `head`."""
    return f"SELECT DISTINCT c{n} FROM head WHERE c{n} IS NOT NULL LIMIT {most}"  # noqa: S608


def typed_head_query(columns: Iterable[tuple[int, PlannedColumn]]) -> str:
    """Return what the first rows, in the table `head`, say of columns whose types are known."""
    return _select(
        f"""{{
            'distinct': {"0" if column.kind is Kind.OTHER else f"approx_count_distinct(c{n})"},
            'longest': {f"coalesce(max(length(c{n})), 0)" if column.kind is Kind.TEXT else "0"},
            'mean_length': {f"coalesce(avg(length(c{n})), 0)" if column.kind is Kind.TEXT else "0"}
        }}"""
        for n, column in columns
    )


def _select(expressions: Iterable[str], source: str = "head") -> str:
    return f"SELECT {', '.join(['count(*)', *expressions])} FROM {source}"  # noqa: S608


def summary_query(
    source: str, columns: Sequence[tuple[int, PlannedColumn]], *, with_std: bool
) -> str:
    """Return what describes columns: one row of the number of rows, then a struct for each.

    Args:
        source: a relation.
        columns: with their numbers.
        with_std: whether to compute standard deviations, which may be out of range.
    """
    described = (_described(n, column, with_std) for n, column in columns)
    return _select(described, _typed_relation(source, columns))


def frequency_query(source: str, columns: Sequence[tuple[int, PlannedColumn]]) -> str:
    """Return what counts the different values of columns.

    A row holds a bit mask, in which only the bit of one column is 0 (the first column has the
    highest bit), the values of all columns, of which only that of this one counts, and how often
    it occurs. The function `histogram` would take memory for each row.
    """
    values = ", ".join(f"v{n}" for n, _column in columns)
    sets = ", ".join(f"(v{n})" for n, _column in columns)
    inner = _typed_relation(source, columns)
    return (
        f"SELECT GROUPING({values}), {values}, count(*) FROM {inner} "  # noqa: S608
        f"GROUP BY GROUPING SETS ({sets})"
    )


def histogram_query(
    source: str, columns: Sequence[tuple[int, PlannedColumn, Sequence[float]]]
) -> str:
    """Return what counts the finite numbers of columns: the number of rows, then lists of counts.

    Args:
        source: a relation.
        columns: with their numbers, and the largest value of each range.
    """
    lists = (
        (n, ", ".join(f"{edge!r}::DOUBLE" for edge in edges)) for n, _column, edges in columns
    )
    counts = (f"map_values(histogram(f{n}, [{edges}]))" for n, edges in lists)
    return _select(counts, _typed_relation(source, [(n, column) for n, column, _ in columns]))


def _typed_relation(source: str, columns: Sequence[tuple[int, PlannedColumn]]) -> str:
    typed = ", ".join(part for n, column in columns for part in _typed(n, column))
    return f"(SELECT {typed or '1'} FROM {source})"  # noqa: S608


def _typed(n: int, column: PlannedColumn) -> tuple[str, ...]:
    """Return the raw value `r`, the value `v`, and of numbers the finite one `f` as a double."""
    value = f"c{n}"
    if column.is_cast and column.kind is not Kind.TEXT:
        kind = "HUGEINT" if column.is_exact else "DOUBLE" if column.is_integer else column.type
        value = f"TRY_CAST(c{n} AS {kind})"
    parts = (f"c{n} AS r{n}", f"{value} AS v{n}")
    if column.kind is Kind.NUMBER:
        double = f"CAST({value} AS DOUBLE)"
        return (*parts, f"CASE WHEN isfinite({double}) THEN {double} END AS f{n}")
    return parts


def _described(n: int, column: PlannedColumn, with_std: bool) -> str:
    parts = {"present": f"count(r{n})", "typed": f"count(v{n})"}
    if column.kind is not Kind.OTHER:
        parts["distinct"] = f"approx_count_distinct(v{n})"
        shown = "CAST({} AS VARCHAR)" if column.kind is Kind.TIME else "{}"
        parts |= {key: shown.format(f"{key}(v{n})") for key in ("min", "max")}
    if column.kind is Kind.NUMBER:
        is_float = not (column.is_integer and (column.is_exact or not column.is_cast))
        if is_float and not column.type.startswith("DECIMAL"):
            parts |= {"min": f"min(f{n})", "max": f"max(f{n})"}
        parts["distinct"] = f"approx_count_distinct(f{n})"
        parts["not_a_number"] = f"count(*) FILTER (isnan(CAST(v{n} AS DOUBLE)))"
        parts["fractions"] = f"count(*) FILTER (f{n} <> trunc(f{n}))"
        parts["mean"] = f"avg(f{n})"
        parts["std"] = f"stddev_samp(f{n})" if with_std else "NULL"
        parts["quantiles"] = f"approx_quantile(f{n}, [0.25, 0.5, 0.75])"
    if column.is_long:
        parts |= {"min": "NULL", "max": "NULL"}
    return "{" + ", ".join(f"'{key}': {value}" for key, value in parts.items()) + "}"
