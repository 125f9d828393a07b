"""Files of a folder on this machine, such as the data of a dataset at its center."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from huggingnersc.adapters.files.open_folder import OpenFolder, require_regular
from huggingnersc.adapters.transfer.failures import FileRefusedError, TransferCutError
from huggingnersc.domain.text.shell import shown
from huggingnersc.errors import TransferError

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.adapters.transfer.wanted_file import WantedFile


class PathSource:
    """The files below a folder; links in it are not followed.

    Args:
        root: the folder.
    """

    def __init__(self, root: Path) -> None:
        self.root, self.label = root, shown(root)

    def connected(self) -> PathConnection:
        """Return a way to the files for one thread."""
        return PathConnection(self.root)


class PathConnection:
    """The open folder of a `PathSource`."""

    def __init__(self, root: Path) -> None:
        try:
            self._root = OpenFolder.at(root)
        except OSError as error:
            raise TransferError(
                f"{shown(root)} cannot be read: {error.strerror}.",
                hint="Fetch the data from elsewhere.",
            ) from error

    def open(self, file: WantedFile, start: int, stop: int, validator: str) -> PathBody:
        """Return the bytes of a file from `start` up to `stop`.

        Raises:
            FileRefusedError: it cannot be read, or has another size.
            OtherContentError: never; a file that changed meanwhile has another digest.
        """
        del validator  # the digest says what it is
        descriptor = self._opened(file)
        if (size := os.fstat(descriptor).st_size) != file.size_bytes:
            os.close(descriptor)
            raise FileRefusedError(f"has {size:,} bytes there and should have {file.size_bytes:,}")
        return PathBody(descriptor, start, stop)

    def _opened(self, file: WantedFile) -> int:
        *folders, name = os.fsdecode(file.path).split("/")
        descriptor = -1
        try:
            with self._root.folder(*folders) as folder:
                descriptor = folder.descriptor_of(name, os.O_RDONLY)
                require_regular(os.fstat(descriptor), folder.path / name)
        except OSError as error:
            if descriptor != -1:
                os.close(descriptor)
            raise FileRefusedError(f"cannot be read: {_reason(error)}") from error
        return descriptor

    def abort(self) -> None:
        """Do nothing: no call waits long."""

    def close(self) -> None:
        """Close the folder."""
        self._root.close()


class PathBody:
    """The bytes of a range of a file that is open."""

    def __init__(self, descriptor: int, start: int, stop: int) -> None:
        self._descriptor, self._at = descriptor, start
        self.start, self.stop, self.validator = start, stop, ""

    def readinto(self, buffer: memoryview) -> int:
        """Put bytes into `buffer` and return how many; 0 at the end.

        Raises:
            TransferCutError: the file became shorter.
            FileRefusedError: it cannot be read.
        """
        if self._at == self.stop:
            return 0
        try:
            part = buffer[: self.stop - self._at]
            count = os.preadv(self._descriptor, [part], self._at)
        except OSError as error:
            raise FileRefusedError(f"cannot be read: {_reason(error)}") from error
        if count == 0:
            raise TransferCutError("the file became shorter", is_answered=True)
        self._at += count
        return count

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)


def _reason(error: OSError) -> str:
    if error.errno == errno.ELOOP:
        return "it is a link"
    return error.strerror or str(error)
