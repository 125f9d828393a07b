"""Write the files of a split as one Parquet file; a task of a describing process."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.data_files.compressed import BROKEN, open_bytes
from huggingnersc.adapters.data_files.libraries import data_library
from huggingnersc.adapters.loading.row_file import GROUP_ROWS
from huggingnersc.domain.draft.file_type import FileType
from huggingnersc.domain.draft.layout_json import read_layout
from huggingnersc.domain.draft.table import MISSING
from huggingnersc.domain.metadata.strict_json import quoted
from huggingnersc.domain.scan.sensitive_columns import withheld_because
from huggingnersc.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from huggingnersc.domain.draft.layout import FileLayout

_TYPES = {"int": "int64", "float": "double", "str": "string"}
_JUDGED_AT_ONCE = 2_000  # values of a column


def write_table(
    data: str, paths: Sequence[str], file_type: str, layout: Mapping[str, Any], target: str
) -> list[str]:
    """Write the rows of files, in their order, unless there are reasons against it.

    Args:
        data: the root of the data.
        paths: of the files below it.
        file_type: csv, jsonl or parquet.
        layout: the structure of a file.
        target: the Parquet file.

    Returns:
        Every reason, each the end of a sentence: files that cannot be read, and columns that
        should not be public. Then nothing is written.

    Raises:
        InstallationError: pyarrow is not installed.
    """
    arrow = data_library("pyarrow", "Parquet")
    parquet = data_library("pyarrow.parquet", "Parquet")
    structure, reasons, parts = read_layout(layout), list[str](), []
    for path in paths:
        try:
            parts.append(_table(arrow, Path(data, path), file_type, structure))
        except DatasetError as error:
            reasons.append(f"{path} {error}")
    try:
        table = arrow.concat_tables(parts, promote_options="permissive") if parts else None
    except arrow.ArrowException as error:
        return [*reasons, f"its files have different columns ({_kind(error)})"]
    if table is not None:
        withheld = _withheld(arrow, table)
        reasons += (f"the column {quoted(name)} looks like {why}" for name, why in withheld)
    if table is not None and not reasons:
        parquet.write_table(
            table.replace_schema_metadata(None),
            target,
            compression="zstd",
            row_group_size=GROUP_ROWS,
        )
    return reasons


def _table(arrow: Any, file: Path, file_type: str, layout: FileLayout) -> Any:
    readers = {FileType.CSV: _csv, FileType.JSON_LINES: _json_lines, FileType.PARQUET: _parquet}
    try:
        with open_bytes(file) as stream:
            if not stream.read(1):
                raise DatasetError("is empty")
        table = readers[FileType(file_type)](file, layout)
    except (arrow.ArrowException, OSError, ValueError, *BROKEN) as error:
        raise DatasetError(f"cannot be read ({_kind(error)})") from error
    if not table.num_columns:
        raise DatasetError("is empty")
    return table


def _kind(error: Exception) -> str:
    return type(error).__name__  # the message may hold values


def _csv(file: Path, layout: FileLayout) -> Any:
    arrow_csv = data_library("pyarrow.csv", "CSV")
    names = [column.name for column in layout.columns]
    types = {column.name: _TYPES[column.type] for column in layout.columns}
    with open_bytes(file) as stream:
        return arrow_csv.read_csv(
            stream,
            read_options=arrow_csv.ReadOptions(
                column_names=names,
                skip_rows=int(layout.has_header),
                encoding="utf8" if layout.encoding == "utf-8-sig" else layout.encoding,
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=layout.delimiter, newlines_in_values=True
            ),
            convert_options=arrow_csv.ConvertOptions(column_types=types, null_values=[*MISSING]),
        )


def _json_lines(file: Path, layout: FileLayout) -> Any:  # noqa: ARG001 - the lines say it
    with open_bytes(file) as stream:
        return data_library("pyarrow.json", "JSON").read_json(stream)


def _parquet(file: Path, layout: FileLayout) -> Any:  # noqa: ARG001 - the file says it
    return data_library("pyarrow.parquet", "Parquet").ParquetFile(file).read()


def _withheld(arrow: Any, table: Any) -> Iterator[tuple[str, str]]:
    for name in table.column_names:
        for leaf, values in _leaves(arrow, name, table[name].combine_chunks()):
            if reason := _reason(arrow, leaf, values):
                yield leaf, reason
                break


def _leaves(arrow: Any, name: str, values: Any) -> Iterator[tuple[str, Any]]:
    """Yield the values within lists and records, by the name of the innermost field."""
    if arrow.types.is_struct(values.type):
        for field, inner in zip(values.type, values.flatten(), strict=True):
            yield from _leaves(arrow, field.name, inner)
    elif arrow.types.is_nested(values.type) and hasattr(values, "flatten"):
        yield from _leaves(arrow, name, values.flatten())
    else:
        yield name, values


def _reason(arrow: Any, name: str, values: Any) -> str | None:
    kind = values.type
    if arrow.types.is_integer(kind) or arrow.types.is_floating(kind):
        return withheld_because(name, (), is_number=True)
    known = [str(one) for one in values.unique().to_pylist() if one is not None]
    starts = range(0, len(known), _JUDGED_AT_ONCE)
    found = (withheld_because(name, known[n : n + _JUDGED_AT_ONCE]) for n in starts)
    return next((reason for reason in found if reason), None)
