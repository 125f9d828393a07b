"""The survey of a dataset: its files, their structure, and their examples."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from huggingnersc.adapters.data_files.hdf5 import read_hdf5_layout, survey_hdf5
from huggingnersc.adapters.data_files.json_lines import (
    read_json_lines_layout,
    survey_json_lines,
)
from huggingnersc.adapters.data_files.lines import (
    read_table_layout,
    read_text_layout,
    survey_table,
    survey_text,
)
from huggingnersc.adapters.data_files.listing import list_files
from huggingnersc.adapters.data_files.netcdf import read_netcdf_layout, survey_netcdf
from huggingnersc.adapters.data_files.parquet import read_parquet_layout, survey_parquet
from huggingnersc.adapters.files.path_status import is_file, resolved
from huggingnersc.domain.draft.file_type import FileType
from huggingnersc.domain.draft.survey import DataSurvey
from huggingnersc.errors import DatasetError, SettingsError
from huggingnersc.settings import expanded

if TYPE_CHECKING:
    from huggingnersc.adapters.data_files.budget import Budget
    from huggingnersc.domain.draft.layout import FileLayout
    from huggingnersc.domain.draft.survey import DataFile, FileSurvey, Listing

_LAYOUTS = {
    FileType.CSV: read_table_layout,
    FileType.HDF5: read_hdf5_layout,
    FileType.JSON_LINES: read_json_lines_layout,
    FileType.NETCDF: read_netcdf_layout,
    FileType.PARQUET: read_parquet_layout,
    FileType.TEXT: read_text_layout,
}


def survey_data(path: Path, budget: Budget) -> DataSurvey:
    """List the files of a dataset and count its examples within a budget.

    Raises:
        DatasetError: it cannot be read, or holds no file a loader can be written for.
        InstallationError: the library for its file type is not installed.
    """
    root = _absolute(path)
    listing = list_files(root, budget)
    if not listing.file_types:
        known = ", ".join(one.label for one in FileType)
        raise DatasetError(
            f"{root} holds no file that a loader can be written for ({known}).",
            hint="Write metadata and loader by hand; examples/iris shows how.",
        )
    return survey_files(root, listing, budget)


def survey_files(root: Path, listing: Listing, budget: Budget) -> DataSurvey:
    """Survey the files of the type with the most bytes, the largest one first.

    Raises:
        DatasetError: a file cannot be read.
        InstallationError: the library for the type is not installed.
    """
    file_type = listing.file_types[0]
    largest, *others = _largest_first(listing.of(file_type))
    surveys: dict[DataFile, FileSurvey] = {}
    try:
        layout = _LAYOUTS[file_type](root / largest.path)
        for file in (largest, *others):
            if surveys and budget.is_spent:
                break
            surveys[file] = _survey(root, file, layout, budget)
    except OSError as error:
        raise DatasetError(
            f"{error.filename or root} cannot be read: {error.strerror or error}.",
            hint="Give files that you can read.",
        ) from error
    return DataSurvey(PurePosixPath(root), is_file(root), listing, file_type, layout, surveys)


def _largest_first(files: tuple[DataFile, ...]) -> tuple[DataFile, ...]:
    largest = max(files, key=lambda file: file.size_bytes)
    return (largest, *(file for file in files if file != largest))


def _survey(root: Path, file: DataFile, layout: FileLayout, budget: Budget) -> FileSurvey:
    path = root / file.path
    match file.file_type:
        case FileType.CSV:
            return survey_table(path, layout, file.size_bytes, budget)
        case FileType.HDF5:
            return survey_hdf5(path, layout, file.size_bytes)
        case FileType.JSON_LINES:
            return survey_json_lines(path, file.size_bytes, budget)
        case FileType.PARQUET:
            return survey_parquet(path, layout, file.size_bytes)
        case FileType.NETCDF:
            return survey_netcdf(path, layout, file.size_bytes)
        case _:
            return survey_text(path, file.size_bytes, budget)


def _absolute(path: Path) -> Path:
    """Make a path absolute; links are kept, so that it stays the one the portal serves.

    Raises:
        DatasetError: its name is not UTF-8, or begins with the home of a user who is unknown.
    """
    try:
        path = expanded(path)
    except SettingsError as error:
        raise DatasetError(str(error), hint=error.hint) from error
    absolute = resolved(path) if ".." in path.parts else path.absolute()
    try:
        str(absolute).encode()
    except UnicodeEncodeError as error:
        raise DatasetError(
            f"The name of the path {str(absolute)!a} is not UTF-8, so no script can contain it.",
            hint="Rename the folder.",
        ) from error
    return absolute
