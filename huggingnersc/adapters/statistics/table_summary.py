"""Describe the columns of one table by DuckDB; a task of a describing process."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

from huggingnersc.adapters.data_files.libraries import data_library
from huggingnersc.adapters.statistics.row_sample import write_parquet_sample, write_sample
from huggingnersc.adapters.statistics.table_columns import (
    bin_edges,
    column_statistics,
    corrected,
    planned,
    with_top,
    without_values,
)
from huggingnersc.adapters.statistics.table_query import (
    REJECTS,
    Kind,
    PlannedColumn,
    TableReading,
    frequency_query,
    head_query,
    histogram_query,
    load_head,
    relation,
    seen_query,
    summary_query,
    typed_head_query,
)
from huggingnersc.domain.metadata.strict_json import quoted
from huggingnersc.domain.scan.sensitive_columns import withheld_because
from huggingnersc.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from huggingnersc.adapters.statistics.table_files import TableForm
    from huggingnersc.domain.versions.statistics import ColumnStatistics, RowSample

_HEAD_BYTES = 4 << 20  # from all over the files, by which types are concluded
_HEAD_ROWS = 20_000  # of Parquet
_HEAD_CELLS = 1_000_000
_HEAD_COLUMNS, _COLUMNS_AT_ONCE = 20, 100  # of one query; its planning takes the square
_SEEN_VALUES = 2_000  # of a text column, by which it is judged whether they may be public
_DUCKDB_SHARE = 0.6  # of the memory; the rest is Python and what DuckDB does not count
_LONGEST_REASON = 200
_MOST_BINNED_BYTES = 256 << 20  # of files that are read once more
_MOST_COUNTED = 5_000  # different values of a column, that are counted each
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|:? ?\S*/\S*")
_Item = TypeVar("_Item")


class TableSummary(TypedDict):
    """What is known of a table; `problems` are about rows and contain no value."""

    rows: int
    estimated: bool
    sample: RowSample | None
    columns: list[ColumnStatistics]
    problems: list[str]


@dataclass
class _OpenTable:
    """A table that is being described.

    Attributes:
        connection: to DuckDB.
        folder: for what is written meanwhile.
        files: links to its files, with plain names.
        form: theirs.
        most_columns: that are described.
        sample_bytes: how much is read; None for all.
        problems: what was found.
        is_strict: whether its CSV is regular.
    """

    connection: Any
    folder: Path
    files: Sequence[Path]
    form: TableForm
    most_columns: int
    sample_bytes: int | None
    problems: list[str] = field(default_factory=list)
    is_strict: bool = True


def summarize(
    files: Sequence[str],
    form: TableForm,
    *,
    most_columns: int,
    sample_bytes: int | None,
    threads: int,
    memory_bytes: int,
) -> TableSummary:
    """Describe the columns of a table.

    Args:
        files: of one form.
        form: theirs.
        most_columns: that are described.
        sample_bytes: how much of them is read; None for all.
        threads: that DuckDB uses.
        memory_bytes: of this process.

    Raises:
        InstallationError: DuckDB is not installed.
        DatasetError: the files cannot be read.
    """
    duckdb = data_library("duckdb", "table")
    try:
        with (
            TemporaryDirectory(dir=Path.cwd()) as name,
            _connected(name, threads, memory_bytes) as connection,
        ):
            folder = Path(name)
            links = _linked([*map(Path, files)], form, folder)
            return _summary(
                _OpenTable(connection, folder, links, form, most_columns, sample_bytes)
            )
    except duckdb.OutOfMemoryException as error:
        raise MemoryError from error
    except duckdb.Error as error:
        raise DatasetError(f"DuckDB cannot read it: {_reason(error)}") from error


def _connected(folder: str, threads: int, memory_bytes: int) -> Any:
    """Return a connection that loads nothing from elsewhere and keeps to its folder and memory."""
    settings = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "preserve_insertion_order": False,
        "threads": threads,
        "memory_limit": f"{int(_DUCKDB_SHARE * memory_bytes)}B",
        "temp_directory": folder,
        "max_temp_directory_size": f"{4 * memory_bytes}B",
    }
    return data_library("duckdb", "table").connect(config=settings)


def _reason(error: Exception) -> str:
    """Return the first line of an error without what it quotes, which may be values."""
    line = (str(error).splitlines() or [""])[0]
    return _QUOTED.sub("...", line)[:_LONGEST_REASON].rstrip(".: ")


def _batched(items: Sequence[_Item], count: int) -> Iterator[Sequence[_Item]]:
    """Yield items in parts of so many."""
    for start in range(0, len(items), count):
        yield items[start : start + count]


def _linked(files: Sequence[Path], form: TableForm, folder: Path) -> list[Path]:
    """Return links to files: in a path, DuckDB would take `*` and `[` for a pattern."""
    suffix = f".{form['format']}" + (".gz" if form["compressed"] else "")
    links = [folder / f"{number}{suffix}" for number in range(len(files))]
    for link, file in zip(links, files, strict=True):
        link.symlink_to(file)
    return links


def _summary(table: _OpenTable) -> TableSummary:
    of_bytes = sum(file.stat().st_size for file in table.files)
    names, read_bytes = _read_files(table)
    rows, columns = _described(table, names, _planned(table))
    if table.sample_bytes is None:
        return _result(table, rows, columns)
    is_parquet = table.form["format"] == "parquet"
    if is_parquet:
        all_rows = sum(map(_rows_by_footer, table.files))
        read_bytes = round(of_bytes * rows / max(1, all_rows))
    else:
        all_rows = round(rows * of_bytes / max(1, read_bytes))
    sample: RowSample = {
        "rows": rows,
        "size_bytes": min(read_bytes, of_bytes),
        "of_bytes": of_bytes,
    }
    summary = _result(table, all_rows, columns)
    return {**summary, "estimated": not is_parquet, "sample": sample}


def _result(table: _OpenTable, rows: int, columns: list[ColumnStatistics]) -> TableSummary:
    return {
        "rows": rows,
        "estimated": False,
        "sample": None,
        "columns": columns,
        "problems": table.problems,
    }


def _rows_by_footer(file: Path) -> int:
    return int(data_library("pyarrow.parquet", "Parquet").read_metadata(file).num_rows)


def _read_files(table: _OpenTable) -> tuple[list[str], int]:
    """Return the files to read, and how many bytes of the data they hold, as it is stored."""
    if table.sample_bytes is None:
        return [*map(str, table.files)], 0
    target = table.folder / "sample"
    if table.form["format"] == "parquet":
        write_parquet_sample(table.files, table.sample_bytes, target)
        return [str(target)], 0
    return [str(target)], write_sample(table.files, table.form, table.sample_bytes, target)


def _planned(table: _OpenTable) -> list[PlannedColumn]:
    """Load rows as the table `head`, and return what they show of the columns."""
    head, names = table.folder / "head", table.form["columns"][: table.most_columns]
    if table.form["format"] == "parquet":
        rows = max(100, min(_HEAD_ROWS, _HEAD_CELLS // max(1, len(names))))
        source = relation([*map(str, table.files)], table.form, TableReading())
        table.connection.execute(load_head(source, len(names), most_rows=rows))
        types = [row[1] for row in table.connection.execute("DESCRIBE head").fetchall()]
        typed = [PlannedColumn(name, kind) for name, kind in zip(names, types, strict=True)]
        blocks = _batched([*enumerate(typed)], _HEAD_COLUMNS)
        return [*map(with_top, typed, _facts(table, map(typed_head_query, blocks)))]
    write_sample(table.files, table.form, _HEAD_BYTES, head)
    source = relation([str(head)], table.form, TableReading(is_sample=True, is_strict=False))
    table.connection.execute(load_head(source, len(names)))
    numbers = _batched(range(len(names)), _HEAD_COLUMNS)
    return [*map(planned, names, _facts(table, map(head_query, numbers)))]


def _facts(table: _OpenTable, queries: Iterable[str]) -> Iterator[Mapping[str, Any]]:
    """Yield what is said of each column; many in one query would take long to plan."""
    for query in queries:
        ((_rows, *facts),) = table.connection.execute(query).fetchall()
        yield from facts


def _described(
    table: _OpenTable, names: Sequence[str], columns: list[PlannedColumn]
) -> tuple[int, list[ColumnStatistics]]:
    """Return the number of rows, and the columns without what should not become public."""
    rows, found = _found(table, names, columns)
    better = [*map(corrected, columns, found)]
    if better != columns:  # the first rows were not like the others
        columns = better
        rows, found = _found(table, names, columns)
    _note_rows(table, rows, found)
    found = _with_frequencies(table, names, columns, found)
    found = _with_bins(table, names, columns, found)
    described = []
    for number, (column, facts) in enumerate(zip(columns, found, strict=True)):
        statistics = column_statistics(column, rows, facts)
        if column.is_cast and (misfits := facts["present"] - facts["typed"]):
            of_values = f"{misfits:,} of {facts['present']:,}"
            where = f"in the column {quoted(column.name)}"
            table.problems.append(f"values that are no {column.type} {where}: {of_values}")
        if reason := _withheld_because(table, number, column, statistics):
            statistics = without_values(statistics, reason)
        described.append(statistics)
    return rows, described


def _found(
    table: _OpenTable, names: Sequence[str], columns: Sequence[PlannedColumn]
) -> tuple[int, list[Mapping[str, Any]]]:
    """Return the number of rows and what was counted of each column.

    A strict reading refuses line ends of two kinds, and numbers near the largest ones have no
    standard deviation; then it is read leniently, or counted without that.
    """
    duckdb = data_library("duckdb", "table")
    try:
        return _counted(table, names, columns)
    except duckdb.OutOfRangeException:
        return _counted(table, names, columns, with_std=False)
    except duckdb.InvalidInputException:
        if table.form["format"] != "csv":
            raise
    return _counted(table, names, columns, is_strict=False)


def _counted(
    table: _OpenTable,
    names: Sequence[str],
    columns: Sequence[PlannedColumn],
    *,
    with_std: bool = True,
    is_strict: bool = True,
) -> tuple[int, list[Mapping[str, Any]]]:
    is_sample = table.sample_bytes is not None
    table.is_strict = is_strict
    reading = TableReading(is_sample=is_sample, is_strict=is_strict, notes_rejects=True)
    source = relation(names, table.form, reading)
    rows, found = 0, []
    for block in _batched([*enumerate(columns)], _COLUMNS_AT_ONCE):
        _rejects(table)  # of a scan before
        query = summary_query(source, block, with_std=with_std)
        ((rows, *facts),) = table.connection.execute(query).fetchall()
        found += facts
    return rows, found


def _with_frequencies(
    table: _OpenTable,
    names: Sequence[str],
    columns: Sequence[PlannedColumn],
    found: Sequence[Mapping[str, Any]],
) -> list[Mapping[str, Any]]:
    """Return facts with how often each value occurs, where not too many differ."""
    facts = list(found)
    reading = TableReading(is_sample=table.sample_bytes is not None, is_strict=table.is_strict)
    source = relation(names, table.form, reading)
    wanted = [
        (number, column)
        for number, column in enumerate(columns)
        if column.has_top and facts[number]["distinct"] <= _MOST_COUNTED
    ]
    for block in _batched(wanted, _HEAD_COLUMNS):
        counts: list[dict[Any, int]] = [{} for _ in block]
        for mask, *values, count in table.connection.execute(
            frequency_query(source, block)
        ).fetchall():
            place = next(n for n in range(len(block)) if not mask >> (len(block) - 1 - n) & 1)
            if values[place] is not None:
                counts[place][values[place]] = count
        for (number, _column), histogram in zip(block, counts, strict=True):
            more = {"histogram": histogram, "distinct": len(histogram)}
            facts[number] = {**facts[number], **more}
    return facts


def _with_bins(
    table: _OpenTable,
    names: Sequence[str],
    columns: Sequence[PlannedColumn],
    found: Sequence[Mapping[str, Any]],
) -> list[Mapping[str, Any]]:
    """Return facts with a histogram of each numeric column, where one more scan costs little."""
    facts = list(found)
    if sum(Path(name).stat().st_size for name in names) > _MOST_BINNED_BYTES:
        return facts
    reading = TableReading(is_sample=table.sample_bytes is not None, is_strict=table.is_strict)
    source = relation(names, table.form, reading)
    known = (
        (number, column, bin_edges(column, found[number])) for number, column in _numbered(columns)
    )
    wanted = [one for one in known if one[2]]
    for block in _batched(wanted, _COLUMNS_AT_ONCE):
        query = histogram_query(source, block)
        ((_rows, *counts),) = table.connection.execute(query).fetchall()
        for (number, _column, _edges), bins in zip(block, counts, strict=True):
            facts[number] = {**facts[number], "bins": bins}
    return facts


def _numbered(columns: Sequence[PlannedColumn]) -> Iterator[tuple[int, PlannedColumn]]:
    return ((number, one) for number, one in enumerate(columns) if one.kind is Kind.NUMBER)


def _rejects(table: _OpenTable) -> list[tuple[str, int, int]]:
    """Return what rows were left out for, how many, and the line of the first; forget them."""
    query = "SELECT error_type, count(*), min(line) FROM reject_errors GROUP BY 1 ORDER BY 1"
    try:
        found = table.connection.execute(query).fetchall()
        table.connection.execute("DELETE FROM reject_errors")
    except data_library("duckdb", "table").CatalogException:  # there is no such table yet
        return []
    return [(str(kind).lower(), count, line) for kind, count, line in found]


def _note_rows(table: _OpenTable, rows: int, found: Sequence[Mapping[str, Any]]) -> None:
    """Note how many rows were left out, and why; never what is in them."""
    for kind, count, line in _rejects(table):
        at_least = "at least " if count >= REJECTS else ""
        where = "" if table.sample_bytes is not None else f", first in line {line:,}"
        table.problems.append(f"rows left out for {kind}: {at_least}{count:,}{where}")
    if rows and not any(one["present"] for one in found):
        table.problems.append("no row has a value in any of its columns")


def _withheld_because(
    table: _OpenTable, number: int, column: PlannedColumn, statistics: ColumnStatistics
) -> str | None:
    """Return why no value of a column may become public, by its name and different values."""
    if column.kind is Kind.NUMBER:
        return withheld_because(column.name, (), is_number=True)
    if column.kind is not Kind.TEXT:
        return None
    query = seen_query(number, _SEEN_VALUES)
    seen = [str(row[0]) for row in table.connection.execute(query).fetchall()]
    shown = [statistics["min"], statistics["max"], *(one["value"] for one in statistics["top"])]
    values = [*(str(one) for one in shown if one is not None), *seen]
    return withheld_because(column.name, values)
