"""Which reader reads which files of tables."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, TypeAlias

from huggingnersc.adapters.data_files.compressed import BROKEN
from huggingnersc.adapters.data_files.libraries import data_library
from huggingnersc.adapters.packing.columnar_tables import Hdf5Tables, ParquetTables
from huggingnersc.adapters.packing.text_table_files import CsvTables, JsonTables
from huggingnersc.domain.draft.file_type import FileType, file_type_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from huggingnersc.adapters.packing.source_files import SourceFiles

TableReader: TypeAlias = CsvTables | JsonTables | ParquetTables | Hdf5Tables
_READERS: Mapping[FileType, type[TableReader]] = {
    FileType.CSV: CsvTables,
    FileType.JSON_LINES: JsonTables,
    FileType.PARQUET: ParquetTables,
    FileType.HDF5: Hdf5Tables,
}


def table_type(path: str) -> FileType | None:
    """Return the type of a file of a table by its name; None for other files."""
    found = file_type_of(PurePosixPath(path))
    return found if found in _READERS else None


def table_reader(
    file_type: FileType, source: SourceFiles, settings: Mapping[str, Any]
) -> TableReader:
    """Return what reads files of a type.

    Args:
        file_type: one of a table.
        source: where the files are.
        settings: as another reader saw them; empty to see them in the first file.
    """
    return _READERS[file_type](source, settings)


def damaged_table() -> tuple[type[Exception], ...]:
    """Return what reading a damaged file raises."""
    arrow = data_library("pyarrow", "Parquet")
    return (arrow.ArrowException, OSError, RuntimeError, KeyError, ValueError, *BROKEN)
