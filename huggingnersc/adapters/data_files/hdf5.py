"""HDF5 files: which arrays hold the examples, and how many there are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.draft.layout import Array, FileLayout, arrays_along
from huggingnersc.domain.draft.survey import FileSurvey
from huggingnersc.errors import DatasetError, InstallationError

if TYPE_CHECKING:
    from pathlib import Path


def read_hdf5_layout(file: Path) -> FileLayout:
    """Return which arrays of a file hold the examples.

    Raises:
        InstallationError: h5py is not installed.
        DatasetError: the file cannot be read, or holds no array.
    """
    h5py = _library()
    arrays: list[Array] = []

    def note(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset) and item.shape:
            size_bytes = math.prod(item.shape) * item.dtype.itemsize
            arrays.append(Array(name, item.shape[0], size_bytes, item.dtype.kind in "biufc"))

    try:
        with h5py.File(file, "r", locking=False) as opened:
            opened.visititems(note)
    except OSError as error:
        raise _unreadable(file, error) from error
    if not arrays:
        raise DatasetError(f"{file} holds no array with examples.", hint="Give other files.")
    return arrays_along(arrays)


def survey_hdf5(file: Path, layout: FileLayout, size_bytes: int) -> FileSurvey:
    """Return the length of the arrays; without one of them, or of other lengths, no fit."""
    h5py = _library()
    try:
        with h5py.File(file, "r", locking=False) as opened:
            items = [opened.get(name) for name in layout.arrays]
            lengths = {_length(item) if isinstance(item, h5py.Dataset) else None for item in items}
    except OSError as error:
        raise _unreadable(file, error) from error
    length = lengths.pop() if len(lengths) == 1 else None
    return FileSurvey(length or 0, size_bytes, fits=length is not None)


def _length(dataset: Any) -> int | None:
    return int(dataset.shape[0]) if dataset.shape else None  # a scalar has none


def _library() -> Any:
    try:
        import h5py
    except ImportError as error:
        raise InstallationError(
            "Reading HDF5 files needs h5py, which is not installed.",
            hint="pip install h5py (or conda install -c conda-forge h5py)",
        ) from error
    return h5py


def _unreadable(file: Path, error: OSError) -> DatasetError:
    return DatasetError(
        f"{file} cannot be read as HDF5: {error}.",
        hint="Fix or remove the file; h5dump -H shows what is in it.",
    )
