"""The files below a path, listed within a budget."""

from __future__ import annotations

import os
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from huggingnersc.adapters.files.path_status import is_file
from huggingnersc.domain.draft.data_layout import DataFile, Listing, kind_of
from huggingnersc.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from huggingnersc.adapters.data_files.budget import Budget


def list_files(root: Path, budget: Budget) -> Listing:
    """List the files of a dataset; hidden ones are left out, links to folders not followed.

    Args:
        root: a folder, or the one file that is the dataset.
        budget: what may be used; where it runs out, the listing says so.

    Raises:
        DatasetError: it does not exist or a folder cannot be read.
    """
    if is_file(root):
        kind = kind_of(PurePosixPath(root))
        return Listing((DataFile(PurePosixPath(), root.stat().st_size, kind),))
    files, skipped = [], []
    try:
        for entry, path in _walk(root, PurePosixPath()):
            if entry.is_dir():
                skipped.append(path)
            elif entry.is_file():
                files.append(DataFile(path, entry.stat().st_size, kind_of(path)))
            if budget.is_spent:
                return Listing(_sorted(files), is_whole=False, skipped=tuple(skipped))
    except OSError as error:
        raise DatasetError(
            f"The data cannot be looked at: {error.filename or root}: {error.strerror}.",
            hint="Give a folder or file that you can read.",
        ) from error
    return Listing(_sorted(files), skipped=tuple(sorted(skipped)))


def _walk(folder: Path, below: PurePosixPath) -> Iterator[tuple[os.DirEntry[str], PurePosixPath]]:
    """Yield files and links to folders as they come; real folders are walked into."""
    folders = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.name)
            else:
                yield entry, below / entry.name
    for name in sorted(folders):
        yield from _walk(folder / name, below / name)


def _sorted(files: list[DataFile]) -> tuple[DataFile, ...]:
    return tuple(sorted(files, key=lambda file: file.path))
