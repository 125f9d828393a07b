"""HDF5 files: which arrays hold the examples, and how many there are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.draft.arrays import Array, arrays_along
from huggingnersc.domain.draft.found import FileCount, Layout
from huggingnersc.errors import DatasetError, InstallationError

if TYPE_CHECKING:
    from pathlib import Path


def look_at_hdf5(file: Path) -> Layout:
    """Tell which arrays of a file hold the examples.

    Raises:
        InstallationError: h5py is not installed.
        DatasetError: the file cannot be read, or holds no array.
    """
    h5py = _library()
    found: list[Array] = []

    def note(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset) and item.shape:
            size_bytes = math.prod(item.shape) * item.dtype.itemsize
            found.append(Array(name, item.shape[0], size_bytes, item.dtype.kind in "biufc"))

    try:
        with h5py.File(file, "r", locking=False) as opened:
            opened.visititems(note)
    except OSError as error:
        raise _unreadable(file, error) from error
    if not found:
        raise DatasetError(f"{file} holds no array with examples.", hint="Give other files.")
    return arrays_along(found)


def count_hdf5(file: Path, layout: Layout, size_bytes: int) -> FileCount:
    """Give the first dimension of the main array; a file without it does not fit."""
    h5py = _library()
    try:
        with h5py.File(file, "r", locking=False) as opened:
            fits = all(isinstance(opened.get(name), h5py.Dataset) for name in layout.arrays)
            examples = int(opened[layout.arrays[0]].shape[0]) if fits else 0
    except OSError as error:
        raise _unreadable(file, error) from error
    return FileCount(examples, size_bytes, fits)


def _library() -> Any:
    try:
        import h5py
    except ImportError as error:
        raise InstallationError(
            "Looking into HDF5 files needs h5py, which is not installed.",
            hint="pip install h5py (or conda install -c conda-forge h5py)",
        ) from error
    return h5py


def _unreadable(file: Path, error: OSError) -> DatasetError:
    return DatasetError(
        f"{file} cannot be read as HDF5: {error}.",
        hint="Mend or take away the file; h5dump -H shows what is in it.",
    )
