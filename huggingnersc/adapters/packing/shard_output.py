"""Write a shard: whole under its final name or not at all, its hash computed on the way."""

from __future__ import annotations

import os
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING

from huggingnersc.adapters.files.whole_file import write_whole
from huggingnersc.domain.packing.pack import PackedShard, manifest_path
from huggingnersc.new_folder import make_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from huggingnersc.domain.packing.shard_job import ShardJob

PART_MARK = ".part-"  # in the name of a shard that is being written
_FOLDER_MODE = 0o777  # which the umask narrows: a pack is the user's to share


class ShardOutput:
    """A file that is written from its beginning to its end.

    A binary stream for whoever writes: `write`, `tell`, `flush`, `closed`, `writable`.
    """

    def __init__(self, file: Path, descriptor: int) -> None:
        self._file, self._descriptor, self._sha256 = file, descriptor, sha256()
        self.size_bytes = 0
        self.closed = False

    def write(self, content: bytes | memoryview) -> int:
        """Append a content; return its size.

        Raises:
            OSError: it cannot be written; the error names the shard.
        """
        self._sha256.update(content)
        left = memoryview(content).cast("B")
        size_bytes = left.nbytes
        try:
            while left:
                left = left[os.write(self._descriptor, left) :]
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(self._file)) from error
        self.size_bytes += size_bytes
        return size_bytes

    def tell(self) -> int:
        """Return how many bytes were written."""
        return self.size_bytes

    def flush(self) -> None:
        """Do nothing: every write goes to the file."""

    def close(self) -> None:
        """Accept no more; the file itself is closed by `shard_output`."""
        self.closed = True

    @staticmethod
    def readable() -> bool:
        """Return that it cannot be read."""
        return False

    @staticmethod
    def seekable() -> bool:
        """Return that it is written from the beginning to the end."""
        return False

    @staticmethod
    def writable() -> bool:
        """Return that it can be written."""
        return True

    @property
    def sha256(self) -> str:
        """The SHA-256 of what was written, 64 hexadecimal digits."""
        return self._sha256.hexdigest()


@contextmanager
def shard_output(file: Path) -> Iterator[ShardOutput]:
    """Write a file that has its final name only once it is whole and on the disk.

    Raises:
        OSError: it cannot be written; nothing is left of it.
    """
    make_folder(file.parent, _FOLDER_MODE)
    temporary = file.with_name(f".{file.name}{PART_MARK}{os.uname().nodename}-{os.getpid()}")
    try:
        descriptor = os.open(
            temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666
        )
        try:
            yield ShardOutput(file, descriptor)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        temporary.replace(file)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_manifest(pack: Path, job: ShardJob, lines: list[bytes]) -> str:
    """Write the manifest of a shard; return its SHA-256."""
    content = b"".join(lines)
    file = pack / manifest_path(job.path)
    make_folder(file.parent, _FOLDER_MODE)
    write_whole(file, content, is_synced=True)
    return sha256(content).hexdigest()


def packed_shard(
    job: ShardJob, output: ShardOutput, samples: int, manifest_sha256: str
) -> PackedShard:
    """Return what is known of a shard that was written."""
    return PackedShard(
        path=job.path,
        split=job.split,
        samples=samples,
        size_bytes=output.size_bytes,
        sha256=output.sha256,
        manifest_sha256=manifest_sha256,
    )
