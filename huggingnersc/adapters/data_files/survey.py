"""The survey of a dataset: its files, their structure, and their examples."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from huggingnersc.adapters.data_files.hdf5 import read_hdf5_layout, survey_hdf5
from huggingnersc.adapters.data_files.images import find_images, labeled, read_image_layout
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
from huggingnersc.adapters.data_files.zarr_stores import read_zarr_layout, survey_zarr
from huggingnersc.adapters.files.path_status import is_file, resolved
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.draft.file_type import FileType
from huggingnersc.domain.draft.layout import ArrayChoice
from huggingnersc.domain.draft.survey import DataSurvey, FileSurvey
from huggingnersc.errors import DatasetError, SettingsError
from huggingnersc.fixes import Message
from huggingnersc.settings import expanded

if TYPE_CHECKING:
    from huggingnersc.adapters.data_files.budget import Budget
    from huggingnersc.domain.draft.layout import FileLayout
    from huggingnersc.domain.draft.survey import DataFile, Listing


@dataclass(frozen=True, slots=True)
class DataReader:
    """How the files of one type are looked into.

    Attributes:
        read_layout: returns the structure of a file.
        survey: counts the examples of a file, given its structure, its size and the budget.
    """

    read_layout: Callable[[Path, ArrayChoice], FileLayout]
    survey: Callable[[Path, FileLayout, int, Budget], FileSurvey]


READERS = {
    FileType.CSV: DataReader(lambda file, _choice: read_table_layout(file), survey_table),
    FileType.HDF5: DataReader(
        read_hdf5_layout, lambda file, layout, size, _budget: survey_hdf5(file, layout, size)
    ),
    FileType.IMAGES: DataReader(
        lambda file, _choice: read_image_layout(file),
        lambda _file, _layout, size, _budget: FileSurvey(1, size),
    ),
    FileType.JSON_LINES: DataReader(
        lambda file, _choice: read_json_lines_layout(file),
        lambda file, _layout, size, budget: survey_json_lines(file, size, budget),
    ),
    FileType.NETCDF: DataReader(
        read_netcdf_layout, lambda file, layout, size, _budget: survey_netcdf(file, layout, size)
    ),
    FileType.PARQUET: DataReader(
        lambda file, _choice: read_parquet_layout(file),
        lambda file, layout, size, _budget: survey_parquet(file, layout, size),
    ),
    FileType.TEXT: DataReader(lambda file, _choice: read_text_layout(file), survey_text),
    FileType.ZARR: DataReader(
        read_zarr_layout, lambda file, layout, size, _budget: survey_zarr(file, layout, size)
    ),
}


_OF_ARRAYS = {FileType.HDF5, FileType.NETCDF, FileType.ZARR}


def survey_data(path: Path, budget: Budget, choice: ArrayChoice | None = None) -> DataSurvey:
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
    return survey_files(root, listing, budget, choice or ArrayChoice())


def survey_files(
    root: Path, listing: Listing, budget: Budget, choice: ArrayChoice | None = None
) -> DataSurvey:
    """Survey the files of the type with the most bytes, the largest readable one first.

    A file that cannot be read is in the survey with its problem.

    Raises:
        DatasetError: no file can be read.
        InstallationError: the library for the type is not installed.
    """
    listing, images = find_images(root, listing)
    file_type = listing.file_types[0]
    if choice and choice != ArrayChoice() and file_type not in _OF_ARRAYS:
        raise DatasetError(
            f"{root} holds {file_type.label} files, in which each row is an example.",
            hint=Message("Leave out ", Field.GROUP, " and ", Field.EXAMPLE, "."),
        )
    reader, files = READERS[file_type], listing.of(file_type)
    surveys: dict[DataFile, FileSurvey] = {}
    largest, layout = _model(root, files, reader, choice or ArrayChoice(), surveys)
    layout = labeled(layout, images)
    for file in (largest, *(file for file in files if file != largest and file not in surveys)):
        if largest in surveys and budget.is_spent and file_type is not FileType.IMAGES:
            break
        budget.open_file()
        try:
            surveys[file] = reader.survey(root / file.path, layout, file.size_bytes, budget)
        except (DatasetError, OSError) as error:
            surveys[file] = _broken(root / file.path, error)
    return DataSurvey(PurePosixPath(root), is_file(root), listing, file_type, layout, surveys)


def _model(
    root: Path,
    files: tuple[DataFile, ...],
    reader: DataReader,
    choice: ArrayChoice,
    surveys: dict[DataFile, FileSurvey],
) -> tuple[DataFile, FileLayout]:
    """Return the largest file that can be read, and its structure; note the larger ones."""
    errors: list[DatasetError] = []
    for file in sorted(files, key=lambda file: -file.size_bytes):
        try:
            return file, reader.read_layout(root / file.path, choice)
        except DatasetError as error:
            errors.append(error)
        except OSError as error:
            errors.append(_unreadable(root / file.path, error))
        surveys[file] = _broken(root / file.path, errors[-1])
    raise errors[0]


def _broken(file: Path, error: DatasetError | OSError) -> FileSurvey:
    reason = error if isinstance(error, DatasetError) else _unreadable(file, error)
    return FileSurvey(0, 0, fits=False, problem=str(reason))


def _unreadable(file: Path, error: OSError) -> DatasetError:
    made = DatasetError(
        f"{error.filename or file} cannot be read: {error.strerror or error}.",
        hint="Give files that you can read.",
    )
    made.__cause__ = error
    return made


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
