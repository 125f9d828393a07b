"""The files below a path, listed within a budget."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from huggingnersc.adapters.data_files.zarr_stores import is_zarr_store, zarr_bytes
from huggingnersc.adapters.files.walk import WalkEntry, walk
from huggingnersc.domain.draft.file_type import FileType, file_type_of
from huggingnersc.domain.draft.survey import DataFile, Listing
from huggingnersc.errors import DatasetError

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.adapters.data_files.budget import Budget


def list_files(root: Path, budget: Budget, *, links: bool = True) -> Listing:
    """List the files of a dataset; hidden ones are left out, links to folders not followed.

    A Zarr store is listed as one file of the size that its arrays have in memory.

    Args:
        root: a folder, or the one file that is the dataset.
        budget: of time and bytes; where it runs out, the listing is incomplete.
        links: whether a link to a file is listed as that file.

    Raises:
        DatasetError: it does not exist or a folder cannot be read.
    """
    files: list[DataFile] = []
    skipped: list[PurePosixPath] = []
    for entry in walk(root, hidden=False, is_closed=is_zarr_store):
        _raise_unreadable(entry, root)
        if entry.is_folder and not entry.is_link:
            if not is_zarr_store(root / entry.path):
                continue
            files.append(DataFile(entry.path, zarr_bytes(root / entry.path), FileType.ZARR))
        elif entry.is_folder:
            skipped.append(entry.path)
        elif entry.is_file and entry.status and (links or not entry.is_link):
            file_type = file_type_of(entry.path if entry.path.name else PurePosixPath(root))
            file_type = None if file_type is FileType.ZARR else file_type  # a store is a folder
            files.append(DataFile(entry.path, entry.status.st_size, file_type))
        if budget.is_spent and entry.path.name:
            return Listing(_sorted(files), is_whole=False, skipped=tuple(skipped))
    return Listing(_sorted(files), skipped=tuple(sorted(skipped)))


def _raise_unreadable(entry: WalkEntry, root: Path) -> None:
    is_absent_below = entry.path.name and entry.status is None
    if entry.error is None or (is_absent_below and isinstance(entry.error, FileNotFoundError)):
        return  # a broken link is no data
    raise DatasetError(
        f"The data cannot be read: {entry.error.filename or root}: {entry.error.strerror}.",
        hint="Give a folder or file that you can read.",
    ) from entry.error


def _sorted(files: list[DataFile]) -> tuple[DataFile, ...]:
    return tuple(sorted(files, key=lambda file: file.path))
