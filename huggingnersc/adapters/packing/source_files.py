"""Read the files of a source, which must be as they were when the shards were planned."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING

from huggingnersc.adapters.inventory.sorted_walk import open_root
from huggingnersc.domain.text.terminal import visible
from huggingnersc.errors import SourceChangedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.domain.packing.sample import ListedPart

FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class SourceFiles:
    """The files below the root of a source.

    Attributes:
        root: of the source, as it may be shown.
        descriptor: of the open folder.
        only: the name of the file in it, if the source is one file.
    """

    root: str
    descriptor: int
    only: bytes = b""

    def read(self, part: ListedPart) -> bytes:
        """Return the content of a file.

        Raises:
            SourceChangedError: it is not what was listed.
            OSError: it cannot be read.
        """
        with self.opened(part) as file:
            content = os.read(file, part.size_bytes + 1) if part.size_bytes else b""
            while len(content) < part.size_bytes and (more := os.read(file, 1 << 24)):
                content += more
            self.require(part, file, len(content))
            return content

    def path_of(self, part: ListedPart) -> Path:
        """Return the path of a file, for libraries that open files themselves."""
        return Path(self.root) if self.only else Path(self.root, os.fsdecode(part.path))

    @contextmanager
    def opened(self, part: ListedPart) -> Iterator[int]:
        """Open a file for the time of the block; yield its descriptor.

        Raises:
            SourceChangedError: it is gone, or no regular file any more.
            OSError: it cannot be opened.
        """
        file = self.open(part)
        try:
            yield file
        finally:
            os.close(file)

    def open(self, part: ListedPart) -> int:
        """Open a file, and return its descriptor.

        Raises:
            SourceChangedError: it is gone.
            OSError: it cannot be opened.
        """
        try:
            return os.open(self.only or part.path, FLAGS, dir_fd=self.descriptor)
        except FileNotFoundError as error:
            raise self.changed(part, "it is gone") from error

    def require(self, part: ListedPart, file: int, read_bytes: int) -> None:
        """Make sure that a file was read whole and is what was listed.

        Raises:
            SourceChangedError: it is not.
        """
        status = os.fstat(file)
        if not S_ISREG(status.st_mode):
            raise self.changed(part, "it is no regular file any more")
        if status.st_size != part.size_bytes or read_bytes != part.size_bytes:
            sizes = f"{status.st_size:,} bytes, it had {part.size_bytes:,}"
            raise self.changed(part, f"it has {sizes}")
        if status.st_mtime_ns != part.mtime_ns:
            raise self.changed(part, "its time of change is another")

    def changed(self, part: ListedPart, how: str) -> SourceChangedError:
        """Return the error that a file is not what was listed."""
        path = os.path.join(self.root, os.fsdecode(part.path))  # noqa: PTH118 - as bytes have it
        return SourceChangedError(
            f"{visible(path)} changed since the shards were planned: {how}.",
            hint="Wait until nothing changes the source, then cancel the run and pack it again.",
        )


@contextmanager
def source_files(root: Path | str) -> Iterator[SourceFiles]:
    """Open the root of a source, a folder or a file, for the time of the block.

    Raises:
        OSError: it cannot be opened.
    """
    with open_root(root) as opened:
        yield SourceFiles(os.fspath(root), opened.descriptor, opened.only)
