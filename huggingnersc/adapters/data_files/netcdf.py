"""NetCDF files, classic and netCDF-4: which variables hold the examples, and how many."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.data_files.libraries import check_name
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.draft.array_layout import FileContents, array_layout
from huggingnersc.domain.draft.layout import Array, ExampleUnit
from huggingnersc.domain.draft.survey import FileSurvey
from huggingnersc.errors import DatasetError, InstallationError
from huggingnersc.fixes import Message, Option, Placeholder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from huggingnersc.domain.draft.layout import ArrayChoice, FileLayout

_DAYS = "days since 1970-01-01"


def read_netcdf_layout(file: Path, choice: ArrayChoice) -> FileLayout:
    """Return which variables of a file hold the examples.

    Those are the ones along the unlimited dimension; without one, along the dimension that has
    dates; else along the first dimension that most variables share.

    Raises:
        InstallationError: netCDF4 is not installed.
        DatasetError: the file cannot be read, or holds no variable with examples.
    """
    try:
        with _opened(file) as opened:
            arrays = tuple(_arrays(opened))
            layout = array_layout(FileContents(arrays), choice)
            if layout is None:
                raise _without_examples(file, choice)
            return _with_coordinates(opened, layout)
    except (OSError, RuntimeError) as error:
        raise _unreadable(file, error) from error


def survey_netcdf(file: Path, layout: FileLayout, size_bytes: int) -> FileSurvey:
    """Return the length of the examples' dimension; a file without the variables does not fit."""
    try:
        with _opened(file) as opened:
            variables = {name: opened[name] for name in (*layout.arrays, *layout.shapes)}
            shapes = {name: tuple(variables[name].shape) for name in layout.shapes}
            start = _first_date(variables[name] for name in layout.times if name in variables)
            lengths = {variables[name].shape[:1] for name in layout.arrays}
    except IndexError:  # no such variable
        return FileSurvey(0, size_bytes, fits=False)
    except (OSError, RuntimeError) as error:
        raise _unreadable(file, error) from error
    if layout.unit is ExampleUnit.FILE:
        return FileSurvey(1, size_bytes)
    fits = len(lengths) == 1 and lengths != {()}
    examples = int(lengths.pop()[0]) if fits else 0
    return FileSurvey(examples, size_bytes, fits, shapes=shapes, start=start)


def _opened(file: Path) -> Any:
    check_name(file, "netCDF")
    return _library().Dataset(file)


def _arrays(group: Any) -> Iterator[Array]:
    for name, variable in group.variables.items():
        if variable.dimensions:
            first = variable.get_dims()[0]
            yield Array(
                _path(group, name),
                len(first),
                math.prod(variable.shape) * getattr(variable.dtype, "itemsize", 1),
                getattr(variable.dtype, "kind", "O") in "biuf",
                first.name,
                first.isunlimited(),
                is_text=variable.dtype == "S1" and variable.ndim > 1,
                shape=tuple(variable.shape),
                is_along_time=_is_date(_coordinate(group, first.name)),
            )
    for child in group.groups.values():
        yield from _arrays(child)


def _with_coordinates(opened: Any, layout: FileLayout) -> FileLayout:
    """Return the layout with the coordinates of its variables and with those that hold dates."""
    found: dict[str, Any] = {}
    for name in layout.arrays:
        variable = opened[name]
        named = str(getattr(variable, "coordinates", "")).split()
        for coordinate in (*variable.dimensions, *named):
            place = _coordinate(variable.group(), coordinate)
            if place is not None and layout.dimension not in place.dimensions:
                found.setdefault(_path(place.group(), place.name), place)
    coordinates = tuple(sorted(set(found).difference(layout.arrays)))
    names = (*layout.arrays, *coordinates)
    return replace(
        layout,
        coordinates=coordinates,
        times=tuple(name for name in names if _is_date(opened[name])),
        unrelated=tuple(one for one in layout.unrelated if one.name not in coordinates),
    )


def _coordinate(group: Any, name: str) -> Any:
    """Return the variable of a name in a group or above it; None where there is none."""
    while group is not None:
        if name in group.variables:
            return group.variables[name]
        group = group.parent
    return None


def _is_date(variable: Any) -> bool:
    """Return whether a variable holds dates that can be decoded."""
    if " since " not in str(getattr(variable, "units", "")):
        return False
    try:
        _library().num2date(0, variable.units, _calendar(variable))
    except (ValueError, TypeError, OverflowError):
        return False
    return True


def _first_date(variables: Iterable[Any]) -> float | None:
    """Return the first date, as days since 1970, of the first variable that has one."""
    library = _library()
    for variable in variables:
        first = variable[(0,) * variable.ndim] if 0 not in variable.shape else None
        if first is not None and not getattr(first, "mask", False):
            date = library.num2date(first, variable.units, _calendar(variable))
            return float(library.date2num(date, _DAYS, _calendar(variable)))
    return None


def _calendar(variable: Any) -> str:
    return str(getattr(variable, "calendar", "standard"))


def _path(group: Any, name: str) -> str:
    return name if group.path == "/" else f"{group.path.strip('/')}/{name}"


def _library() -> Any:
    try:
        import netCDF4
    except ImportError as error:
        raise InstallationError(
            "Reading netCDF files needs netCDF4, which is not installed.",
            hint="pip install netCDF4 (or conda install -c conda-forge netcdf4)",
        ) from error
    return netCDF4


def _unreadable(file: Path, error: Exception) -> DatasetError:
    return DatasetError(
        f"{file} cannot be read as netCDF: {error}.",
        hint="Fix or remove the file; ncdump -h shows what is in it.",
    )


def _without_examples(file: Path, choice: ArrayChoice) -> DatasetError:
    if choice.group:
        return DatasetError(
            f"{file} holds no variable with examples below the group {choice.group}.",
            hint=Message("Give another group: ", Option(Field.GROUP, Placeholder.NAME)),
        )
    return DatasetError(f"{file} holds no variable with examples.", hint="Give other files.")
