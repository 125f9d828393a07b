"""The folder that files are moved to: each gets its name when it is whole and checked.

Paths come from elsewhere, so each folder on the way is opened without following a link.
"""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from huggingnersc.adapters.files.open_folder import OpenFolder
from huggingnersc.adapters.transfer.wanted_file import Checksum
from huggingnersc.domain.text.escaped_names import unescaped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from huggingnersc.adapters.transfer.state_file import KnownFile
    from huggingnersc.adapters.transfer.wanted_file import WantedFile

_MOST_OPEN = 8  # folders that a thread keeps open; there are up to 64 threads
_FOLDER_MODE, _FILE_MODE = 0o777, 0o666  # what the umask leaves of them
_READ_BYTES = 1 << 20
_MOST_NAME_BYTES = 200  # of a part's name that come from the file's
_DIGEST_DIGITS = 8


class TargetFolder:
    """The folder of one thread; a context manager.

    Every method raises OSError with the full path, also where a link is in the way.

    Args:
        root: the target; it stays open.
    """

    def __init__(self, root: OpenFolder) -> None:
        self._root = root
        self._open: dict[str, OpenFolder] = {}

    def __enter__(self) -> TargetFolder:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def status_of(self, file: WantedFile) -> os.stat_result | None:
        """Return the status of what has the name of a file; None where there is nothing."""
        found = self._folder_of(file, make=False)
        return found[0].status_of(found[1]) if found else None

    def has_folder_of(self, file: WantedFile) -> bool:
        """Return whether the folder that a file belongs in is here."""
        return self._folder_of(file, make=False) is not None

    def is_here(self, file: WantedFile) -> bool:
        """Return whether a file is here already, by its size and its digest."""
        found = self._folder_of(file, make=False)
        status = found and found[0].status_of(found[1])
        if not found or not status or not stat.S_ISREG(status.st_mode):
            return False
        if status.st_size != file.size_bytes:
            return False
        with os.fdopen(found[0].descriptor_of(found[1], os.O_RDONLY), "rb") as stream:
            checksum, buffer = Checksum(file), memoryview(bytearray(_READ_BYTES))
            while count := stream.readinto(buffer):
                checksum.update(buffer[:count])
            return checksum.is_right

    def put(self, file: WantedFile, content: memoryview) -> os.stat_result:
        """Write a small file, checked before; it is there whole or not at all."""
        folder, name = self._place_of(file)
        part = part_name(file)
        descriptor = _made_new(folder, part)
        try:
            written = 0
            while written < len(content):
                written += os.write(descriptor, content[written:])
            status = os.fstat(descriptor)
        except BaseException as error:
            folder.unlink(part)
            if isinstance(error, OSError):
                error.filename = str(folder.path / name)
            raise
        finally:
            os.close(descriptor)
        folder.move(part, folder, name)
        return status

    @contextmanager
    def part(self, file: WantedFile) -> Iterator[tuple[int, bool]]:
        """Open the part of a large file; yield its descriptor, and whether it is a new one.

        It has the size of the file from the beginning.
        """
        folder, _ = self._place_of(file)
        name = part_name(file)
        descriptor, is_new = _opened_part(folder, name, file.size_bytes)
        try:
            yield descriptor, is_new
        finally:
            os.close(descriptor)

    def finish(self, file: WantedFile, descriptor: int) -> os.stat_result:
        """Rename the part of a file, checked before, to the file."""
        folder, name = self._place_of(file)
        status = os.fstat(descriptor)
        if not folder.holds(part_name(file), descriptor):
            path = str(folder.path / part_name(file))
            raise OSError(0, "the part of a file was exchanged while it was written", path)
        folder.move(part_name(file), folder, name)
        return status

    def forget(self, file: WantedFile) -> None:
        """Remove the part of a file."""
        if found := self._folder_of(file, make=False):
            found[0].unlink(part_name(file))

    def delete(self, files: Iterable[KnownFile]) -> set[bytes]:
        """Delete files that are still as a transfer brought them, so that they stay deleted.

        Returns:
            The escaped paths of those that are here no more.
        """
        gone: set[bytes] = set()
        for one in files:
            found = self._folder_of(one.file, make=False)
            status = found and found[0].status_of(found[1])
            if found and status and one.is_as_known(status):
                found[0].unlink(found[1])
            if not status or one.is_as_known(status):
                gone.add(one.path)
        self._sync_folders_of(gone)
        return gone

    def _sync_folders_of(self, paths: Iterable[bytes]) -> None:
        for path in sorted({os.fsdecode(unescaped(one).rpartition(b"/")[0]) for one in paths}):
            with (
                suppress(FileNotFoundError),
                self._root.folder(*filter(None, path.split("/"))) as folder,
            ):
                folder.sync()

    def _place_of(self, file: WantedFile) -> tuple[OpenFolder, str]:
        found = self._folder_of(file, make=True)
        assert found  # noqa: S101 - it was made
        return found

    def _folder_of(self, file: WantedFile, *, make: bool) -> tuple[OpenFolder, str] | None:
        """Return the folder of a file and the name in it; None where there is none to be made."""
        path, _, name = os.fsdecode(file.path).rpartition("/")
        folder = self._open.get(path) if path else self._root
        if folder is None:
            try:
                folder = self._opened(path, make=make)
            except FileNotFoundError:
                return None
            if len(self._open) >= _MOST_OPEN:
                self._close()
            self._open[path] = folder
        return folder, name

    def _opened(self, path: str, *, make: bool) -> OpenFolder:
        if not make:
            return self._root.folder(*path.split("/"))
        opened = self._root.folder()
        for name in path.split("/"):
            with opened:
                opened = opened.make(name, mode=_FOLDER_MODE)
        return opened

    def _close(self) -> None:
        while self._open:
            self._open.popitem()[1].close()


def part_name(file: WantedFile) -> str:
    """Return the name of the part of a file, beside it; another content has another part."""
    name = os.fsdecode(file.path.rpartition(b"/")[2][:_MOST_NAME_BYTES])
    return f".{name}.{file.digest[:_DIGEST_DIGITS]}.part"


def _made_new(folder: OpenFolder, name: str) -> int:
    """Make a file; what a killed process left of it is removed."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        return folder.descriptor_of(name, flags, mode=_FILE_MODE)
    except FileExistsError:
        folder.unlink(name)
        return folder.descriptor_of(name, flags, mode=_FILE_MODE)


def _opened_part(folder: OpenFolder, name: str, size_bytes: int) -> tuple[int, bool]:
    status = folder.status_of(name)
    if status and _is_part(status, size_bytes):
        descriptor = folder.descriptor_of(name, os.O_RDWR)
        if _is_part(os.fstat(descriptor), size_bytes):
            return descriptor, False
        os.close(descriptor)
    folder.unlink(name)
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL
    descriptor = folder.descriptor_of(name, flags, mode=_FILE_MODE)
    try:
        os.ftruncate(descriptor, size_bytes)
    except OSError as error:
        os.close(descriptor)
        folder.unlink(name)
        error.filename = str(folder.path / name)
        raise
    return descriptor, True


def _is_part(status: os.stat_result, size_bytes: int) -> bool:
    """Return whether this may be a part that this user's process has left."""
    is_own = status.st_uid == os.geteuid() and status.st_nlink == 1
    return stat.S_ISREG(status.st_mode) and is_own and status.st_size == size_bytes
