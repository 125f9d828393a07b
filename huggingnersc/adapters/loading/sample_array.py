"""Arrays in open files, read in parts; nothing is read through a link."""

from __future__ import annotations

import math
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from huggingnersc.adapters.data_files.libraries import data_library
from huggingnersc.adapters.data_files.zarr_stores import require_metadata
from huggingnersc.adapters.statistics.array_members import LARGEST_CHUNK_BYTES, UNREADABLE
from huggingnersc.adapters.statistics.array_values import date_text, packing_of
from huggingnersc.adapters.statistics.netcdf import is_classic
from huggingnersc.adapters.statistics.zarr import ChunkReader, is_safe
from huggingnersc.domain.draft.file_type import FileType
from huggingnersc.domain.draft.layout import ROOT_ARRAY
from huggingnersc.domain.loading.sample import MOST_CHARS, cut_shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

NOT_HERE = "stored in another file, or behind a link"
NOT_SHOWN = "of a type that a table cannot hold"
TOO_LARGE = "stored in chunks of more than 64 MiB"
_MOST_NAMES = 10_000  # of the groups or arrays that are an example each
_MEANING = (
    "_FillValue", "missing_value", "scale_factor", "add_offset", "valid_range", "valid_min",
    "valid_max", "units", "calendar",
)  # fmt: skip


class NotShownError(Exception):
    """An array cannot be in a sample; the message is the reason."""


class CutArray:
    """An array in a file, read in parts.

    Args:
        shape: its dimensions.
        dtype: of numpy.
        chunk: the shape of what is stored in one piece.
        attributes: those that say what its values mean.
        read: returns a part of it, as numpy has it; None where nothing was written.
        is_netcdf: whether the conventions of netCDF hold.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        dtype: Any,
        chunk: tuple[int, ...] | None,
        attributes: Mapping[str, Any],
        read: Callable[[tuple[slice, ...]], Any],
        *,
        is_netcdf: bool = False,
    ) -> None:
        self.shape, self.dtype, self._read = shape, dtype, read
        self.chunk_bytes = math.prod(chunk or (1,)) * max(1, getattr(dtype, "itemsize", 1))
        if self.chunk_bytes > LARGEST_CHUNK_BYTES:
            raise NotShownError(TOO_LARGE)
        is_number = dtype.kind in "biuf"
        self._packing = packing_of(attributes, dtype, is_netcdf=is_netcdf) if is_number else None
        units, calendar = (_text(attributes.get(name, "")) for name in ("units", "calendar"))
        self._dates = (units, calendar) if is_number and " since " in units else None

    def items(self, first: int, count: int) -> list[Any]:
        """Return some items along the first dimension, cut."""
        cut = cut_shape(self.item_shape)
        place = (slice(first, first + count), *(slice(0, length) for length in cut))
        values = self._values(place, (count, *cut))
        return [None] * count if values is None else [*values]

    def whole(self) -> Any:
        """Return the array, cut."""
        cut = cut_shape(self.shape)
        return self._values(tuple(slice(0, length) for length in cut), cut)

    @property
    def item_shape(self) -> tuple[int, ...]:
        """Return the shape of an item along the first dimension."""
        return self.shape[1:]

    def _values(self, place: tuple[slice, ...], shape: tuple[int, ...]) -> Any:
        import numpy as np

        found = self._read(place)
        if found is None or np.shape(found)[: len(shape)] != shape:
            return None
        values = _plain(np.asarray(found), self._packing)
        return _dated(values, *self._dates) if self._dates else values


class ArrayContainer(Protocol):
    """An open file of arrays."""

    def array(self, path: str) -> CutArray:
        """Return an array. Raises: NotShownError: it cannot be in a sample."""

    def names(self, parent: str, /) -> list[str]:
        """Return the names of what is in a group."""


def holds(file: ArrayContainer, path: str) -> bool:
    """Return whether a file has an array that can be in a sample."""
    try:
        file.array(path)
    except (NotShownError, *UNREADABLE):
        return False
    return True


class _WithoutGroups:
    """A file in which no group or array is an example of its own."""

    def names(self, _parent: str) -> list[str]:
        return []


@contextmanager
def opened_arrays(file: Path, file_type: FileType) -> Iterator[ArrayContainer]:
    """Open a file, or a Zarr store; libraries that follow links are not let near them."""
    if file_type is FileType.ZARR:
        zarr = data_library("zarr", "Zarr")
        require_metadata(file)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about files beside the arrays, such as a README
            yield _Zarr(file, zarr.open(file, mode="r"))
    elif file_type is FileType.NETCDF and is_classic(file):
        library = data_library("netCDF4", "netCDF")
        with library.Dataset(str(file.absolute())) as opened:
            opened.set_auto_maskandscale(False)
            opened.set_auto_chartostring(False)
            yield _Classic(opened)
    else:
        h5py = data_library("h5py", "HDF5")
        with h5py.File(file, "r", locking=False) as opened:
            yield _Hdf5(h5py, opened, is_netcdf=file_type is FileType.NETCDF)


class _Hdf5:
    def __init__(self, h5py: Any, file: Any, *, is_netcdf: bool) -> None:
        self._h5py, self._file, self._is_netcdf = h5py, file, is_netcdf

    def array(self, path: str) -> CutArray:
        item = self._item(path)
        if not isinstance(item, self._h5py.Dataset) or item.shape is None:
            raise NotShownError(NOT_SHOWN)
        if item.is_virtual or item.external:
            raise NotShownError(NOT_HERE)
        try:
            dtype = item.dtype
        except TypeError:  # none that numpy could hold
            raise NotShownError(NOT_SHOWN) from None
        if self._h5py.check_ref_dtype(dtype):
            raise NotShownError(NOT_SHOWN)
        attributes = {name: item.attrs[name] for name in _MEANING if name in item.attrs}
        return _array(item, dtype, item.chunks, attributes, is_netcdf=self._is_netcdf)

    def names(self, parent: str) -> list[str]:
        held = self._item(parent) if parent else self._file
        names = (name for _, name in zip(range(_MOST_NAMES), held, strict=False))
        return [name for name in names if self._is_here(held, name)]

    def _item(self, path: str) -> Any:
        item = self._file
        for name in path.strip("/").split("/"):
            if not self._is_here(item, name):
                raise NotShownError(NOT_HERE)
            item = item[name]
        return item

    def _is_here(self, group: Any, name: str) -> bool:
        return isinstance(group.get(name, getlink=True), self._h5py.HardLink)


class _Classic(_WithoutGroups):
    def __init__(self, file: Any) -> None:
        self._file = file

    def array(self, path: str) -> CutArray:
        item = self._file.variables[path]
        attributes = {name: item.getncattr(name) for name in _MEANING if name in item.ncattrs()}
        return _array(item, item.dtype, None, attributes, is_netcdf=True)


class _Zarr(_WithoutGroups):
    def __init__(self, store: Path, root: Any) -> None:
        self._store, self._root = store, root

    def array(self, path: str) -> CutArray:
        item, folder = self._root, self._store
        if hasattr(item, "members"):
            for name in path.split("/"):
                folder = folder / name
                if folder.is_symlink():
                    raise NotShownError(NOT_HERE)
                require_metadata(folder)
            item = item[path]
        elif path != ROOT_ARRAY:
            raise NotShownError(NOT_SHOWN)
        if not hasattr(item, "metadata") or not hasattr(item, "shape") or not is_safe(item):
            raise NotShownError(NOT_SHOWN)
        reader = ChunkReader(folder, item)
        attributes = {name: item.attrs[name] for name in _MEANING if name in item.attrs}
        shape = tuple(map(int, item.shape))
        return CutArray(shape, item.dtype, reader.chunk, attributes, reader.read)


def _array(
    item: Any, dtype: Any, chunk: Any, attributes: Mapping[str, Any], *, is_netcdf: bool
) -> CutArray:
    shape = tuple(map(int, item.shape))
    read = item.__getitem__
    if is_netcdf and dtype.str[1:] == "S1" and len(shape) > 1:  # texts, stored as characters
        shape, read = shape[:-1], _texts(item)
    return CutArray(shape, dtype, chunk, attributes, read, is_netcdf=is_netcdf)


def _texts(item: Any) -> Callable[[tuple[slice, ...]], Any]:
    def read(place: tuple[slice, ...]) -> Any:
        import numpy as np

        found = np.ascontiguousarray(item[(*place, slice(0, MOST_CHARS))])
        return found.view(f"S{found.shape[-1]}")[..., 0]

    return read


def _plain(values: Any, packing: Any) -> Any:
    """Return values as numpy has numbers, or as an array of objects that a table can hold."""
    import numpy as np

    if packing is not None:
        return _unpacked(values, packing)
    if values.dtype.kind in "OSUcVMm":
        found = np.empty(values.size, dtype=object)
        for place, value in enumerate(values.reshape(-1)):
            found[place] = _object(value)
        return found.reshape(values.shape)
    raise NotShownError(NOT_SHOWN)


def _unpacked(values: Any, packing: Any) -> Any:
    """Return what numbers mean by the conventions of netCDF; None for one that is missing."""
    import numpy as np

    values = values.astype(values.dtype.newbyteorder("="))
    if values.dtype.itemsize > 8 or values.dtype == np.float16:
        values = values.astype("f4" if values.dtype == np.float16 else "f8")
    gone = np.zeros(values.shape, dtype=bool)
    for missing in packing.missing:
        gone |= values == missing
    if packing.lowest is not None:
        gone |= values < packing.lowest
    if packing.highest is not None:
        gone |= values > packing.highest
    if packing.is_packed:
        values = values * packing.scale + packing.offset
    if not gone.any():
        return values
    found = values.astype(object)
    found[gone] = None
    return found


def _text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _dated(values: Any, units: str, calendar: str) -> Any:
    """Return the dates that numbers mean, as text: each file may count from another day."""
    import numpy as np

    found = np.empty(values.size, dtype=object)
    for place, value in enumerate(values.reshape(-1)):
        found[place] = date_text(value, units, calendar)
    return found.reshape(values.shape)


def _object(value: Any) -> Any:
    """Return one value that is no number: text, a complex number, a list, or a record."""
    import numpy as np

    if isinstance(value, bytes):
        return value.decode(errors="replace").rstrip("\0")[:MOST_CHARS]
    if isinstance(value, str):
        return value[:MOST_CHARS]
    if isinstance(value, complex | np.complexfloating):
        return {"real": float(value.real), "imag": float(value.imag)}
    if isinstance(value, np.void) and value.dtype.names:
        return {name: _object(value[name]) for name in value.dtype.names}
    if isinstance(value, np.datetime64 | np.timedelta64):
        return str(value)
    if isinstance(value, np.ndarray):
        cut = value[tuple(slice(0, length) for length in cut_shape(value.shape))]
        return [_object(one) for one in cut.tolist()] if cut.dtype.kind == "O" else cut.tolist()
    if isinstance(value, np.generic) and not isinstance(value, np.void):
        return value.item()
    if value is None or isinstance(value, bool | int | float):
        return value
    raise NotShownError(NOT_SHOWN)
