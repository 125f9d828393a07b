"""The rows of tables and the lines of texts for a sample: the first ones of each file."""

from __future__ import annotations

import csv
import json
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.data_files.compressed import BROKEN, open_bytes, open_text, table_lines
from huggingnersc.adapters.data_files.libraries import data_library
from huggingnersc.adapters.loading.sample_columns import BINARY, LARGE, Examples, as_tables
from huggingnersc.domain.draft.table import MISSING
from huggingnersc.domain.loading.sample import MOST_CHARS, MOST_VALUE_BYTES, evenly

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from huggingnersc.domain.draft.layout import FileLayout

_UNREADABLE = (*BROKEN, OSError, ValueError, csv.Error, RecursionError)
_LONGEST_BYTES = 1 << 26  # of a line of JSON; the rest is not read
_MOST_GROUPS = 10  # of a Parquet file that rows are taken from
_MOST_READ = 64 << 20  # characters of the rows of a split

_Rows = dict[str, list[dict[str, Any]]]


def read_csv(
    root: Path, splits: Mapping[str, list[str]], layout: FileLayout, most: int
) -> Examples:
    """Return the first rows of tables in the types of their columns; no number is null."""
    examples = Examples()
    rows = _first_rows(root, splits, most, partial(_csv_rows, layout=layout), examples)
    pa = data_library("pyarrow", "Parquet")
    for column in layout.columns:
        held = [row for one in rows.values() for row in one]
        if column.type == "str" or not _all_are(column.type, column.name, held):
            continue
        convert = int if column.type == "int" else float
        for row in held:
            text = (row.get(column.name) or "").strip()
            row[column.name] = None if text in MISSING else convert(text)
    types = {"int": pa.int64(), "float": pa.float64(), "str": pa.string()}
    examples.tables = as_tables(rows, {one.name: types[one.type] for one in layout.columns})
    return examples


def read_json_lines(
    root: Path, splits: Mapping[str, list[str]], _layout: FileLayout, most: int
) -> Examples:
    """Return the first objects of JSON lines; keys whose values differ in type become texts."""
    examples = Examples()
    examples.tables = as_tables(_first_rows(root, splits, most, _json_rows, examples), {})
    return examples


def read_texts(
    root: Path, splits: Mapping[str, list[str]], layout: FileLayout, most: int
) -> Examples:
    """Return the first lines of texts."""
    examples = Examples()
    read = partial(_lines, encoding=layout.encoding)
    examples.tables = as_tables(_first_rows(root, splits, most, read, examples), {})
    return examples


def read_parquet(
    root: Path, splits: Mapping[str, list[str]], _layout: FileLayout, most: int
) -> Examples:
    """Return the first rows of row groups from all over Parquet files, in their types."""
    pa = data_library("pyarrow", "Parquet")
    examples = Examples()
    for split, paths in splits.items():
        tables: list[Any] = []
        for place, path in enumerate(paths):
            left = most - sum(table.num_rows for table in tables)
            share = -(-left // (len(paths) - place))
            try:
                found = [*tables, _parquet_rows(root / path, share, examples)]
                pa.concat_tables(found, promote_options="permissive")
                tables = found
            except (pa.ArrowException, OSError, ValueError) as error:
                examples.problems.append(f"{path}: {_said(error)}")
        if tables:
            examples.tables[split] = pa.concat_tables(tables, promote_options="permissive")
    return examples


def _parquet_rows(file: Path, most: int, examples: Examples) -> Any:
    pa, parquet = data_library("pyarrow", "Parquet"), data_library("pyarrow.parquet", "Parquet")
    with parquet.ParquetFile(file, pre_buffer=False, buffer_size=1 << 20) as opened:
        schema = opened.schema_arrow.remove_metadata()
        large = _large_columns(opened.metadata)
        names = []
        for name in schema.names:
            is_binary = pa.types.is_binary(schema.field(name).type)
            if is_binary or name in large:
                examples.left_out[name] = BINARY if is_binary else LARGE
            else:
                names.append(name)
        groups = evenly(opened.num_row_groups, min(most, _MOST_GROUPS))
        batches: list[Any] = []
        for place, group in enumerate(groups):
            if not (share := -(-(most - sum(map(len, batches))) // (len(groups) - place))):
                break
            read = opened.iter_batches(share, row_groups=[group], columns=names)
            batches += [batch.slice(0, share) for batch in islice(read, 1)]
    kept = pa.schema([schema.field(name) for name in names])
    return pa.Table.from_batches([one.replace_schema_metadata(None) for one in batches], kept)


def _large_columns(metadata: Any) -> set[str]:
    """Return the columns whose values take much room, each on average."""
    found = set()
    for group in range(metadata.num_row_groups):
        rows = max(1, metadata.row_group(group).num_rows)
        sizes: dict[str, int] = {}
        for place in range(metadata.num_columns):
            column = metadata.row_group(group).column(place)
            name = column.path_in_schema.partition(".")[0]
            sizes[name] = sizes.get(name, 0) + column.total_uncompressed_size
        found |= {name for name, size in sizes.items() if size > rows * MOST_VALUE_BYTES}
    return found


def _first_rows(
    root: Path,
    splits: Mapping[str, list[str]],
    most: int,
    read: Callable[[Path], Iterator[dict[str, Any]]],
    examples: Examples,
) -> _Rows:
    """Return the first rows of files, an even share of each; what one lacks, others have."""
    found: _Rows = {}
    for split, paths in splits.items():
        rows: list[dict[str, Any]] = []
        room = _MOST_READ
        for place, path in enumerate(paths):
            share = -(-(most - len(rows)) // (len(paths) - place))
            try:
                for row in islice(read(root / path), share):
                    room -= sum(len(one) for one in row.values() if isinstance(one, str))
                    if room < 0:
                        break
                    rows.append(row)
            except _UNREADABLE as error:
                examples.problems.append(f"{path}: {_said(error)}")
        found[split] = rows
    return found


def _said(error: Exception) -> str:
    return type(error).__name__


def _csv_rows(file: Path, layout: FileLayout) -> Iterator[dict[str, Any]]:
    names = [column.name for column in layout.columns]
    with open_text(file, layout.encoding) as text:
        rows = (row for row in csv.reader(table_lines(text), delimiter=layout.delimiter) if row)
        if layout.has_header:
            next(rows, None)
        for row in rows:
            yield {name: cell[:MOST_CHARS] for name, cell in zip(names, row, strict=False)}


def _all_are(kind: str, name: str, rows: list[dict[str, Any]]) -> bool:
    convert = int if kind == "int" else float
    try:
        for row in rows:
            text = (row.get(name) or "").strip()
            if text not in MISSING and not -(1 << 63) <= convert(text) < 1 << 63:
                return kind == "float"
    except ValueError:
        return False
    return True


def _json_rows(file: Path) -> Iterator[dict[str, Any]]:
    with open_bytes(file) as stream:
        while line := stream.readline(_LONGEST_BYTES):
            if (
                line.strip()
                and (row := json.loads(line.removeprefix(b"\xef\xbb\xbf"))) is not None
            ):
                held = row if isinstance(row, dict) else {"value": row}
                yield {
                    name: one[:MOST_CHARS] if isinstance(one, str) else one
                    for name, one in held.items()
                }


def _lines(file: Path, encoding: str) -> Iterator[dict[str, Any]]:
    with open_text(file, encoding) as text:
        for line in table_lines(text):
            yield {"text": line.rstrip("\r\n")[:MOST_CHARS]}
