"""Read the files of a source, which must be as they were when the shards were planned."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import file_digest, sha256
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING

from huggingnersc.adapters.inventory.shard_result import NamedPaths
from huggingnersc.adapters.inventory.sorted_walk import open_root
from huggingnersc.adapters.packing.source_faults import NEW_VERSION, shown_paths
from huggingnersc.domain.packing.sample import UNKNOWN
from huggingnersc.domain.text.formatting import plural
from huggingnersc.domain.text.terminal import visible
from huggingnersc.errors import SourceChangedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from hashlib import _Hash

    from huggingnersc.domain.packing.sample import ListedPart

FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class SourceFiles:
    """The files below the root of a source.

    Attributes:
        root: of the source, as it may be shown.
        descriptor: of the open folder.
        only: the name of the file in it, if the source is one file.
        others: files that were read, and are not those of the version.
    """

    root: str
    descriptor: int
    only: bytes = b""
    others: NamedPaths = field(default_factory=NamedPaths)

    def read(self, part: ListedPart) -> bytes:
        """Return the content of a file, once it was compared with the version.

        Raises:
            SourceChangedError: it is not what was listed.
            OSError: it cannot be read.
        """
        with self.opened(part) as file:
            content = os.read(file, part.size_bytes + 1) if part.size_bytes else b""
            while len(content) < part.size_bytes and (more := os.read(file, 1 << 24)):
                content += more
            self.require(part, file, len(content))
        if part.digest != UNKNOWN:
            self.compare(part, sha256(content))
        return content

    def digest(self, part: ListedPart) -> bytes:
        """Return the hexadecimal SHA-256 of a file, which is read in pieces.

        Raises:
            SourceChangedError: it is not what was listed.
            OSError: it cannot be read.
        """
        with os.fdopen(self.open(part), "rb") as file:
            computed = file_digest(file, "sha256")
            self.require(part, file.fileno(), file.tell())
        return computed.hexdigest().encode()

    def compare(self, part: ListedPart, computed: _Hash) -> None:
        """Note a file whose content is not that of the version; `require_version` reports it.

        Args:
            part: the file; its digest is known.
            computed: the SHA-256 of what was read.
        """
        if computed.hexdigest().encode() != part.digest:
            self.others.add(visible(os.fsdecode(part.path)))

    def require_version(self) -> None:
        """Make sure that all files that were compared are those of the version.

        Raises:
            SourceChangedError: some are not; the first are named.
        """
        if self.others.count:
            count = plural(self.others.count, "file")
            raise SourceChangedError(
                f"The content of {count} in {visible(self.root)} is not that of the version: "
                f"{shown_paths(self.others)}; snapshot-dataset makes a new version to pack.",
                hint=NEW_VERSION,
            )

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
