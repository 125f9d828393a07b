"""Files and folders of a group: written atomically, with the modes of their parent."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from huggingnersc.domain.catalog.record import MAX_RECORD_BYTES
from huggingnersc.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

READ = 0o444
ENTER = 0o111
ALL = 0o777


def unreadable(path: Path, error: OSError) -> DatasetError:
    """Make the error for a file or folder that cannot be read."""
    return DatasetError(
        f"{path} cannot be read: {error.strerror or error}.",
        hint="Ask its owner to let you read it.",
    )


@contextmanager
def explained(root: Path) -> Iterator[None]:
    """Turn a failed write below the catalog folder `root` into an error with the next step."""
    try:
        yield
    except OSError as error:
        raise DatasetError(
            f"The catalog folder {root} cannot be written: {error.strerror or error}"
            f"{f' ({error.filename})' if error.filename else ''}.",
            hint="Fix the cause (space, quota, permissions), then run the same command again.",
        ) from error


def read_files(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder by name; of one larger than any written here the beginning."""
    return {file.name: _beginning(file) for file in folder.iterdir() if file.is_file()}


def _beginning(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(MAX_RECORD_BYTES)


def make_folder(folder: Path, *, like: Path, granted: int, always: int = 0) -> None:
    """Make a folder with the group of `like`, the `granted` bits that it has, and `always`."""
    folder.mkdir(exist_ok=True)
    _open_like(folder, like=like, granted=granted, always=always)


def replace_files(final: Path, staged: Path, *, last: str, stale: Sequence[str]) -> None:
    """Move every file of `staged` over its like in `final`, the file `last` as the last one."""
    for name in stale:
        (final / name).unlink(missing_ok=True)
    for file in sorted(staged.iterdir(), key=lambda entry: (entry.name == last, entry.name)):
        if file.name == last:
            sync_folder(final)  # the record never reaches the disk before the files it names
        file.replace(final / file.name)
    sync_folder(final)
    staged.rmdir()


def write_file(file: Path, content: bytes, *, like: Path) -> None:
    """Write a new file, synced to disk, readable for those who may read `like`."""
    with file.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    _open_like(file, like=like, granted=READ)


def _open_like(path: Path, *, like: Path, granted: int, always: int = 0) -> None:
    """Give `path` the group of `like`, the `granted` bits that `like` has, and `always`."""
    model, own = like.stat(), path.stat()
    if own.st_uid != os.geteuid():
        return  # another user's: only they can change it
    if own.st_gid != model.st_gid:
        with suppress(PermissionError):  # not a member of that group: the own group stays
            os.chown(path, -1, model.st_gid)
    # The mode is read again: chown clears some bits.
    path.chmod(stat.S_IMODE(path.stat().st_mode) | (model.st_mode & granted) | always)


def sync_folder(folder: Path) -> None:
    """Sync the names in a folder to disk, so that they survive a power failure."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
