"""A lock on a file in a shared folder: the kernel's, so it ends with its process."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.adapters.clock import moment_now
from huggingnersc.adapters.files.filesystem_probe import no_locks, require_exclusion
from huggingnersc.adapters.files.open_folder import require_regular, share
from huggingnersc.adapters.files.owners import user_name

if TYPE_CHECKING:
    from huggingnersc.adapters.files.open_folder import OpenFolder

_MOST_BYTES = 4096  # of what a holder writes about itself
_MOST_TRIES = 100
_FIRST_BYTES = b'{"user": '
_PLAIN = re.compile(r"[\w.@:+-]{1,64}", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,10}")


class LockedError(Exception):
    """Another process holds the lock; its sentence names the holder, and is empty if unknown."""


@dataclass(frozen=True, slots=True)
class FolderLock:
    """A lock that this process holds until `release`."""

    folder: OpenFolder
    name: str
    descriptor: int

    @property
    def is_in_place(self) -> bool:
        """Whether its file still has its name, so that no other file can be locked for it."""
        return self.folder.holds(self.name, self.descriptor)

    def release(self) -> None:
        """Let others lock the folder."""
        with suppress(OSError):  # it only says who held it
            os.ftruncate(self.descriptor, 0)
        os.close(self.descriptor)
        self.folder.close()


def acquire(folder: OpenFolder, name: str, *, like: os.stat_result, mode: int) -> FolderLock:
    """Take the lock of this name, without waiting; `folder` is closed when it is released.

    A file of another mode is replaced: readers of the catalog could open it, and so hold it for
    ever, or a run that was killed while it made the file left it closed to colleagues.

    Args:
        folder: holds the lock's file, which is made where there is none.
        name: of the file.
        like: the status of what has the group of the file.
        mode: of the file.

    Raises:
        LockedError: another process holds it.
        DatasetError: the file system grants a lock twice, or has none.
        OSError: the file cannot be made or opened, or is not a lock file.
    """
    try:
        for attempt in range(_MOST_TRIES):
            with suppress(FileNotFoundError):  # removed between two steps
                descriptor = _taken(folder, name, like=like, mode=mode)
                if descriptor is None:
                    continue
                lock = FolderLock(folder, name, descriptor)
                # Once only: some file systems have modes of their own.
                if attempt == 0 and _is_removed(lock, mode):
                    os.close(descriptor)
                    continue
                _sign(descriptor)
                return lock
        path = str(folder.path / name)
        raise OSError(errno.EAGAIN, "its lock file is replaced again and again", path)
    except BaseException:
        folder.close()
        raise


def _taken(folder: OpenFolder, name: str, *, like: os.stat_result, mode: int) -> int | None:
    """Return the descriptor of the locked file; None where that is not the one of this name."""
    descriptor = _opened(folder, name, like=like, mode=mode)
    try:
        _lock(descriptor, folder, name)
        if _is_in_place(folder, name, descriptor):
            return descriptor
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None


def _opened(folder: OpenFolder, name: str, *, like: os.stat_result, mode: int) -> int:
    with suppress(FileExistsError):
        descriptor = folder.descriptor_of(name, os.O_RDWR | os.O_CREAT | os.O_EXCL)
        share(descriptor, mode=mode, like=like)
        return descriptor
    return folder.descriptor_of(name, os.O_RDWR)


def _lock(descriptor: int, folder: OpenFolder, name: str) -> None:
    """Lock a file that is open.

    Raises:
        LockedError: another process holds it.
        OSError: it is not a lock file.
    """
    status, path = os.fstat(descriptor), folder.path / name
    require_regular(status, path)
    written = os.pread(descriptor, _MOST_BYTES + 1, 0)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise LockedError(_holder(written)) from error
    except OSError as error:
        raise no_locks(folder.path, error) from error
    is_ours = len(written) <= _MOST_BYTES and (not written or written.startswith(_FIRST_BYTES))
    if status.st_nlink > 1 or not is_ours:
        raise OSError(errno.EEXIST, "it is not a lock file; move it away", str(path))


def _is_in_place(folder: OpenFolder, name: str, descriptor: int) -> bool:
    """Return whether the locked file still has its name, and make sure that it excludes others."""
    second = folder.descriptor_of(name, os.O_RDWR)
    try:
        if not os.path.samestat(os.fstat(second), os.fstat(descriptor)):
            return False
        require_exclusion(second, folder.path)
    finally:
        os.close(second)
    return True


def _is_removed(lock: FolderLock, mode: int) -> bool:
    """Remove the file of a lock where its mode is another; return whether it is gone."""
    if os.fstat(lock.descriptor).st_mode & 0o777 == mode:
        return False
    with suppress(PermissionError):  # another user's, in a folder with the sticky bit
        lock.folder.unlink(lock.name)
        return True
    return False


def _sign(descriptor: int) -> None:
    """Write into a locked file who holds it."""
    about = {
        "user": user_name(os.geteuid()),
        "host": os.uname().nodename,
        "pid": os.getpid(),
        "since": moment_now(),
    }
    content = json.dumps(about).encode() + b"\n"
    with suppress(OSError):  # a full disk; it is locked all the same
        os.pwrite(descriptor, content, 0)
        os.ftruncate(descriptor, len(content))


def _holder(written: bytes) -> str:
    """Return who holds a lock, as its file says; empty where that is not plain text."""
    try:
        about = json.loads(written.partition(b"\n")[0])
        user, host, pid, since = (str(about[key]) for key in ("user", "host", "pid", "since"))
    except (ValueError, LookupError, TypeError, RecursionError):
        return ""
    if not _NUMBER.fullmatch(pid) or not all(map(_PLAIN.fullmatch, (user, host, since))):
        return ""
    return f"process {pid} of {user} on {host}, since {since}"
