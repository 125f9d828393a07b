"""A folder that is held open: what is in it is reached through its descriptor, never by a link.

Everything in a folder that others may write can be exchanged at any moment. So a path is resolved
once, and only what this process has just made gets a group or a mode.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_FOLDER = os.O_RDONLY | os.O_DIRECTORY
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL
_BEHIND_LINK = {errno.ELOOP, errno.ENOTDIR}  # what opening a link, or a folder by it, ends in


class LinkError(OSError):
    """A link is where a file or a folder should be."""

    def __init__(self, path: Path) -> None:
        reason = "it is a link, and links in a catalog folder are not followed"
        super().__init__(errno.ELOOP, reason, str(path))


class OpenFolder:
    """A folder that is held open; use it as a context manager.

    Every method raises OSError with the full path, and LinkError where a link is in the way.

    Args:
        path: where it was found, for messages.
        descriptor: of the folder, owned from now on.
    """

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path, self._descriptor = path, descriptor

    @classmethod
    def at(cls, path: Path, *, shown: Path | None = None) -> OpenFolder:
        """Open the folder that a path leads to; links in that path are followed.

        Args:
            path: the folder's.
            shown: how messages call it, where that differs.
        """
        return cls(shown or path, os.open(path, _FOLDER))

    def __enter__(self) -> OpenFolder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the folder; nothing happens the second time."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor != -1:
            os.close(descriptor)

    @property
    def status(self) -> os.stat_result:
        """Its status."""
        return os.fstat(self._descriptor)

    @property
    def names(self) -> list[str]:
        """What is in it, sorted by name."""
        return sorted(os.listdir(self._descriptor))  # noqa: PTH208 - Path knows no descriptor

    @property
    def statuses(self) -> list[tuple[str, os.stat_result]]:
        """What is in it with its status, of a link its own, sorted by name."""
        found = []
        with os.scandir(self._descriptor) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):
                    found.append((entry.name, entry.stat(follow_symlinks=False)))
        return sorted(found)

    def folder(self, *names: str) -> OpenFolder:
        """Open a folder below it, one name after the other; without names itself again."""
        opened = OpenFolder(self.path, os.dup(self._descriptor))
        for name in names:
            with opened:
                opened = OpenFolder(opened.path / name, opened.descriptor_of(name, _FOLDER))
        return opened

    def descriptor_of(self, name: str, flags: int, *, mode: int = 0o600) -> int:
        """Open a name without following a link, waiting for a pipe or being inherited.

        A file that is made gets `mode`, which the umask may narrow.
        """
        with self._named(name):
            return os.open(
                name, flags | os.O_NOFOLLOW | os.O_NONBLOCK, mode, dir_fd=self._descriptor
            )

    def status_of(self, name: str) -> os.stat_result | None:
        """Return the status of a name, of a link its own; None where there is nothing."""
        with self._named(name), suppress(FileNotFoundError):
            return os.stat(name, dir_fd=self._descriptor, follow_symlinks=False)
        return None

    def lists(self, name: str, child: str) -> bool:
        """Return whether a folder below it has something of this name that is no folder.

        Nothing is opened, so a link in the place of either is listed too.
        """
        with suppress(OSError):
            status = os.stat(f"{name}/{child}", dir_fd=self._descriptor, follow_symlinks=False)
            return not stat.S_ISDIR(status.st_mode)
        return False

    def holds(self, name: str, descriptor: int) -> bool:
        """Return whether a name leads to what `descriptor` is open for."""
        there = self.status_of(name)
        return there is not None and os.path.samestat(there, os.fstat(descriptor))

    def is_place_of(self, name: str, folder: OpenFolder) -> bool:
        """Return whether a name leads to an open folder."""
        return self.holds(name, folder._descriptor)

    def read(self, name: str, *, most: int) -> tuple[bytes, os.stat_result]:
        """Return the first `most` bytes of a regular file, and the status of what was read."""
        with os.fdopen(self.descriptor_of(name, os.O_RDONLY), "rb") as stream:
            status = os.fstat(stream.fileno())
            require_regular(status, self.path / name)
            return stream.read(most), status

    def write(self, name: str, content: bytes, *, mode: int, like: os.stat_result) -> None:
        """Write a new file, synced to disk; private until it is whole, then as `share` says."""
        self.write_pieces(name, (content,), mode=mode, like=like)

    def write_pieces(
        self, name: str, pieces: Iterable[bytes], *, mode: int, like: os.stat_result
    ) -> None:
        """Write a new file as `write` does, piece by piece."""
        with os.fdopen(self.descriptor_of(name, _NEW), "wb") as stream:
            stream.writelines(pieces)
            stream.flush()
            os.fsync(stream.fileno())
            share(stream.fileno(), mode=mode, like=like)

    def make(self, name: str, *, mode: int = 0o700) -> OpenFolder:
        """Make a folder that only this user can enter, or open the one that is there.

        Another `mode`, which the umask may narrow, lets others in.
        """
        with self._named(name), suppress(FileExistsError):
            os.mkdir(name, mode, dir_fd=self._descriptor)
        return self.folder(name)

    @property
    def is_new(self) -> bool:
        """Whether it is as `make` makes it: one's own, closed and empty."""
        status = self.status
        is_closed = status.st_uid == os.geteuid() and not status.st_mode & 0o077
        return is_closed and not self.names

    def share(self, *, mode: int, like: os.stat_result) -> None:
        """Set its mode, and its group to that of `like`; for a folder that this process made."""
        share(self._descriptor, mode=mode, like=like)

    def move(self, name: str, target: OpenFolder, new_name: str) -> None:
        """Move a file or folder by one rename, over a file or an empty folder of that name."""
        with self._named(name):
            os.replace(name, new_name, src_dir_fd=self._descriptor, dst_dir_fd=target._descriptor)

    def unlink(self, name: str) -> None:
        """Remove a file, or a link itself; nothing happens where there is none."""
        with self._named(name), suppress(FileNotFoundError):
            os.unlink(name, dir_fd=self._descriptor)

    def rmdir(self, name: str) -> None:
        """Remove an empty folder."""
        with self._named(name):
            os.rmdir(name, dir_fd=self._descriptor)

    def remove(self, name: str) -> None:
        """Remove whatever has this name, a folder with all that is in it."""
        status = self.status_of(name)
        if status is not None and stat.S_ISDIR(status.st_mode):
            with self._named(name):
                shutil.rmtree(name, dir_fd=self._descriptor)
        elif status is not None:
            self.unlink(name)

    def sync(self) -> None:
        """Sync the names in it to disk, so that they survive a power failure."""
        os.fsync(self._descriptor)

    @contextmanager
    def _named(self, name: str) -> Iterator[None]:
        """Let errors name the whole path, and say where a link is the reason."""
        if name in {"", ".", ".."} or "/" in name:
            raise ValueError(f"{name!r} is not a name in a folder")
        try:
            yield
        except OSError as error:
            if error.errno in _BEHIND_LINK and self._is_link(name):
                raise LinkError(self.path / name) from error
            error.filename, error.filename2 = str(self.path / name), None
            raise

    def _is_link(self, name: str) -> bool:
        with suppress(OSError):
            status = os.stat(name, dir_fd=self._descriptor, follow_symlinks=False)
            return stat.S_ISLNK(status.st_mode)
        return False


def require_regular(status: os.stat_result, path: Path) -> None:
    """Make sure that what was opened is a regular file.

    Raises:
        OSError: it is a folder, a pipe, a socket or a device.
    """
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "it is not a regular file", str(path))


def share(descriptor: int, *, mode: int, like: os.stat_result) -> None:
    """Set the mode of what this process just made and, where it may, the group of `like`."""
    if os.fstat(descriptor).st_gid != like.st_gid:
        with suppress(PermissionError):  # not a member of that group: the own group stays
            os.fchown(descriptor, -1, like.st_gid)
    os.fchmod(descriptor, mode)  # after fchown, which clears some bits
