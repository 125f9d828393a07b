"""Parquet files: their columns, and the number of rows by their footers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.data_files.libraries import check_name, data_library
from huggingnersc.domain.draft.layout import Column, FileLayout, examples_at_once
from huggingnersc.domain.draft.survey import FileSurvey
from huggingnersc.errors import DatasetError

if TYPE_CHECKING:
    from pathlib import Path

_LONGEST_TYPE = 60


def read_parquet_layout(file: Path) -> FileLayout:
    """Return the columns of a file with their types, and the rows of its first row group.

    Raises:
        InstallationError: pyarrow is not installed.
        DatasetError: the file cannot be read.
    """
    footer, schema = _footer(file)
    groups = [footer.row_group(number) for number in range(min(1, footer.num_row_groups))]
    block = max(1, *(group.num_rows for group in groups), 1)
    example_bytes = sum(group.total_byte_size for group in groups) // block
    return FileLayout(
        columns=_columns(schema),
        numeric=tuple(field.name for field in schema if _is_numeric(field.type)),
        examples_at_once=examples_at_once(example_bytes),
        block=block,
        example_bytes=example_bytes,
    )


def survey_parquet(file: Path, layout: FileLayout, size_bytes: int) -> FileSurvey:
    """Return the number of rows; a file with other columns does not fit.

    Raises:
        DatasetError: the file cannot be read.
    """
    footer, schema = _footer(file)
    fits = _columns(schema) == layout.columns
    return FileSurvey(footer.num_rows if fits else 0, size_bytes, fits)


def _footer(file: Path) -> tuple[Any, Any]:
    check_name(file, "Parquet")
    parquet, arrow = data_library("pyarrow.parquet", "Parquet"), data_library("pyarrow", "Parquet")
    try:
        footer = parquet.read_metadata(file)
        return footer, footer.schema.to_arrow_schema()
    except (arrow.ArrowException, OSError) as error:
        if isinstance(error, PermissionError | FileNotFoundError):
            raise
        raise DatasetError(
            f"{file} cannot be read as Parquet: {error}.",
            hint="Fix or remove the file.",
        ) from error


def _columns(schema: Any) -> tuple[Column, ...]:
    return tuple(Column(field.name, _short(str(field.type))) for field in schema)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_TYPE else f"{text[: _LONGEST_TYPE - 3]}..."


def _is_numeric(type_: Any) -> bool:
    types = data_library("pyarrow.types", "Parquet")
    return bool(types.is_integer(type_) or types.is_floating(type_) or types.is_boolean(type_))
