"""NetCDF files, classic and netCDF-4: which variables hold the examples, and how many."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.draft.layout import Array, FileLayout, arrays_along
from huggingnersc.domain.draft.survey import FileSurvey
from huggingnersc.errors import DatasetError, InstallationError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def read_netcdf_layout(file: Path) -> FileLayout:
    """Return which variables of a file hold the examples: those along the unlimited dimension.

    Without an unlimited dimension it is the first one of the largest variable.

    Raises:
        InstallationError: netCDF4 is not installed.
        DatasetError: the file cannot be read, or holds no variable with a dimension.
    """
    try:
        with _library().Dataset(file) as opened:
            arrays = list(_arrays(opened))
    except OSError as error:
        raise _unreadable(file, error) from error
    if not arrays:
        raise DatasetError(f"{file} holds no variable with examples.", hint="Give other files.")
    return arrays_along(arrays)


def survey_netcdf(file: Path, layout: FileLayout, size_bytes: int) -> FileSurvey:
    """Return the length of the examples' dimension; a file without the variables does not fit."""
    try:
        with _library().Dataset(file) as opened:
            examples = int(opened[layout.arrays[0]].shape[0])
            fits = all(opened[name].shape[:1] == (examples,) for name in layout.arrays)
    except IndexError:  # no such variable
        return FileSurvey(0, size_bytes, fits=False)
    except OSError as error:
        raise _unreadable(file, error) from error
    return FileSurvey(examples if fits else 0, size_bytes, fits)


def _arrays(group: Any) -> Iterator[Array]:
    for name, variable in group.variables.items():
        if variable.dimensions:
            first = variable.get_dims()[0]
            yield Array(
                name if group.path == "/" else f"{group.path.strip('/')}/{name}",
                len(first),
                math.prod(variable.shape) * getattr(variable.dtype, "itemsize", 1),
                getattr(variable.dtype, "kind", "O") in "biuf",
                first.name,
                first.isunlimited(),
            )
    for child in group.groups.values():
        yield from _arrays(child)


def _library() -> Any:
    try:
        import netCDF4
    except ImportError as error:
        raise InstallationError(
            "Reading netCDF files needs netCDF4, which is not installed.",
            hint="pip install netCDF4 (or conda install -c conda-forge netcdf4)",
        ) from error
    return netCDF4


def _unreadable(file: Path, error: OSError) -> DatasetError:
    return DatasetError(
        f"{file} cannot be read as netCDF: {error}.",
        hint="Fix or remove the file; ncdump -h shows what is in it.",
    )
