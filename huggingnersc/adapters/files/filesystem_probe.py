"""Checks that the catalog's file system has what the catalog relies on."""

from __future__ import annotations

import fcntl
import stat
from typing import TYPE_CHECKING

from huggingnersc.errors import DatasetError

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.adapters.files.open_folder import OpenFolder

_HINT = "Use a catalog folder on a file system such as GPFS, Lustre, ext4 or XFS."


def require_exclusion(descriptor: int, folder: Path) -> None:
    """Check that the lock this process holds excludes others.

    Args:
        descriptor: of the locked file, opened once more.
        folder: where it is, for messages.

    Raises:
        DatasetError: the same lock is granted twice, or the kernel has none.
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    except OSError as error:
        raise no_locks(folder, error) from error
    raise DatasetError(f"The file system of {folder} grants a lock twice.", hint=_HINT)


def no_locks(folder: Path, error: OSError) -> DatasetError:
    """Make the error for a file system without locks, such as Lustre without `-o flock`."""
    message = f"The file system of {folder} has no locks ({error.strerror})."
    return DatasetError(message, hint=_HINT)


def require_whole_renames(folder: OpenFolder) -> None:
    """Check that a rename in `folder` replaces a file by moving it, not by copying it.

    A copy may be read while it is partly written. A move keeps the inode number; a copy does not.

    Raises:
        DatasetError: it copies.
        OSError: the folder cannot be written.
    """
    old, new, status = ".probe-old", ".probe-new", folder.status
    for name in (old, new):
        folder.write(name, name.encode(), mode=stat.S_IRUSR | stat.S_IWUSR, like=status)
    before = folder.status_of(new)
    folder.move(new, folder, old)
    content, after = folder.read(old, most=len(new))
    is_move = before is not None and before.st_ino == after.st_ino and content == new.encode()
    is_whole = is_move and folder.status_of(new) is None
    folder.unlink(old)
    if not is_whole:
        raise DatasetError(
            f"The file system of {folder.path.parent} copies where it should rename, so that a "
            "partly written file could be read.",
            hint=_HINT,
        )
