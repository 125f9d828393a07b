"""The variables of a netCDF file of the classic formats; netCDF-4 is read as the HDF5 it is."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.data_files.libraries import data_library
from huggingnersc.adapters.statistics.array_file import ArrayFile, with_values
from huggingnersc.adapters.statistics.array_members import (
    MOST_ATTRIBUTES,
    MOST_MEMBERS,
    NUMBERS,
    ArrayMember,
    NumberSource,
    attribute_text,
    short_path,
    type_name,
)
from huggingnersc.adapters.statistics.hdf5 import read_hdf5

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.adapters.data_files.budget import Budget

_CLASSIC = (b"CDF\x01", b"CDF\x02", b"CDF\x05")


def read_netcdf(file: Path, budget: Budget, sample_bytes: int) -> ArrayFile:
    """Return the variables of a file, with what is known of their numbers.

    Raises:
        ValueError: the file is no netCDF, or is damaged; the sentence says how.
        InstallationError: the library for it is not installed.
    """
    if not is_classic(file):
        return read_hdf5(file, budget, sample_bytes, is_netcdf=True)
    library = data_library("netCDF4", "netCDF")
    try:
        with library.Dataset(str(file.absolute())) as opened:
            opened.set_auto_maskandscale(False)
            return _read(opened, budget, sample_bytes)
    except (OSError, RuntimeError, IndexError, ValueError, OverflowError) as error:
        raise ValueError(f"cannot be read as netCDF: {error}") from error


def is_classic(file: Path) -> bool:
    """Return whether a netCDF file is of a format before netCDF-4, which is HDF5."""
    with file.open("rb") as opened:
        return opened.read(4) in _CLASSIC


def _read(opened: Any, budget: Budget, sample_bytes: int) -> ArrayFile:
    found = ArrayFile(_attributes(opened), [])
    for name, variable in islice(opened.variables.items(), MOST_MEMBERS):
        shape = tuple(int(length) for length in variable.shape)
        member = ArrayMember(
            short_path(name),
            shape=shape,
            dimensions=tuple(short_path(one) for one in variable.dimensions),
            type=type_name(variable.dtype),
            attributes=_attributes(variable),
        )
        found.members.append(member)
        if variable.dtype.kind in NUMBERS:
            raw = {key: variable.getncattr(key) for key in variable.ncattrs()}
            member.sources = [
                NumberSource(
                    shape=shape,
                    dtype=variable.dtype,
                    chunk=None,
                    attributes=raw,
                    read=variable.__getitem__,
                    item_bytes=variable.dtype.itemsize,
                    is_netcdf=True,
                )
            ]
    if (more := len(opened.variables) - MOST_MEMBERS) > 0:
        found.problems.append(f"has {more:,} more variables, which are not described")
    return with_values(found, budget, sample_bytes)


def _attributes(item: Any) -> dict[str, str]:
    return {
        short_path(name): attribute_text(item.getncattr(name))
        for name in item.ncattrs()[:MOST_ATTRIBUTES]
    }
