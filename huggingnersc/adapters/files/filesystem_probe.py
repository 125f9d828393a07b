"""Probes of what the catalog needs from its file system, made before anything is public."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from huggingnersc.errors import DatasetError

if TYPE_CHECKING:
    from pathlib import Path

_HINT = "Use a catalog folder on a file system such as GPFS, Lustre, ext4 or XFS."


def require_exclusion(lock: Path) -> None:
    """Check that the lock this process holds excludes others, and ends with the process.

    Where the kernel has no such lock, the lock library silently uses a marker file.

    Raises:
        DatasetError: the same lock is granted twice, or the kernel has none.
    """
    import fcntl

    descriptor = os.open(lock, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    except OSError as error:
        reason = f"has no locks ({error.strerror})"
    else:
        reason = "grants a lock twice"
    finally:
        os.close(descriptor)
    raise DatasetError(f"The file system of {lock.parent} {reason}.", hint=_HINT)


def require_whole_renames(folder: Path) -> None:
    """Check that a rename in `folder` replaces a file by moving it, not by copying it.

    A copy may be read while it is partly written. A move keeps the inode number; a copy does not.

    Raises:
        DatasetError: it copies.
        OSError: the folder cannot be written.
    """
    old, new = folder / ".probe-old", folder / ".probe-new"
    old.write_bytes(b"old")
    new.write_bytes(b"new")
    number = new.stat().st_ino
    new.replace(old)
    is_move = not new.exists() and old.read_bytes() == b"new" and old.stat().st_ino == number
    old.unlink()
    if not is_move:
        raise DatasetError(
            f"The file system of {folder.parent} copies where it should rename, so that a "
            "partly written file could be read.",
            hint=_HINT,
        )
