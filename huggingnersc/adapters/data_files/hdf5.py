"""HDF5 files: which arrays hold the examples, and how many there are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.draft.arrays import arrays_along
from huggingnersc.domain.draft.data_layout import Array, FileCount, Layout
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
    """Return length of the arrays; a file that lacks one, or where they differ, does not fit."""
    h5py = _library()
    try:
        with h5py.File(file, "r", locking=False) as opened:
            found = [opened.get(name) for name in layout.arrays]
            lengths = {_length(item) if isinstance(item, h5py.Dataset) else None for item in found}
    except OSError as error:
        raise _unreadable(file, error) from error
    length = lengths.pop() if len(lengths) == 1 else None
    return FileCount(length or 0, size_bytes, fits=length is not None)


def _length(dataset: Any) -> int | None:
    return int(dataset.shape[0]) if dataset.shape else None  # a scalar has none


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
