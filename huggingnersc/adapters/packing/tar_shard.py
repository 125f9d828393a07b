"""Write the samples of a shard as a tar that `webdataset`, `datasets` and `tar` read.

Members are joined in a buffer of 4 MiB, into which files are read without another copy.
"""

from __future__ import annotations

import os
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol

from huggingnersc.adapters.packing.compressed_output import compressed
from huggingnersc.domain.packing.member_line import member_line
from huggingnersc.domain.packing.pack import Compress
from huggingnersc.domain.packing.sample import UNKNOWN
from huggingnersc.domain.packing.tar_header import BLOCK_BYTES, TAR_END, member_header
from huggingnersc.domain.packing.webdataset_names import MemberNames

if TYPE_CHECKING:
    from hashlib import _Hash

    from huggingnersc.adapters.packing.shard_output import ShardOutput
    from huggingnersc.adapters.packing.source_files import SourceFiles
    from huggingnersc.domain.packing.sample import ListedPart
    from huggingnersc.domain.packing.shard_job import ShardJob

_BUFFER_BYTES = 4 << 20
_ZEROS = bytes(BLOCK_BYTES)


class _Writable(Protocol):
    """What a tar is written to."""

    def write(self, content: memoryview, /) -> int: ...


def write_tar(job: ShardJob, source: SourceFiles, output: ShardOutput) -> list[bytes]:
    """Write the samples as members of a tar; return a line of the manifest for each member.

    Args:
        job: its layout has `compress` and `group`, by which members are named.
        source: where the files are.
        output: of the shard.

    Raises:
        SourceChangedError: a file is not what was listed.
        OSError: it cannot be read, or the shard not be written.
    """
    name_of = MemberNames(job.layout["group"]).of
    lines: list[bytes] = []
    with compressed(output, Compress(job.layout["compress"])) as stream:
        tar = _Tar(source, stream)
        for key, parts in job.samples():
            for part in parts:
                name = name_of(key, part.path)
                tar.add(name, part)
                lines.append(member_line(name, part))
        tar.end()
    return lines


class _Tar:
    """A tar in the making: a buffer, and where it is written when it is full."""

    def __init__(self, source: SourceFiles, stream: _Writable) -> None:
        self._source, self._stream = source, stream
        self._buffer = memoryview(bytearray(_BUFFER_BYTES))
        self._used = 0

    def add(self, name: bytes, part: ListedPart) -> None:
        """Append a file under a name."""
        size_bytes = part.size_bytes
        header = member_header(name, size_bytes)
        needed = len(header) + size_bytes + 2 * BLOCK_BYTES
        if self._used + needed > _BUFFER_BYTES:
            self._flush()
        self._put(header)
        computed = None if part.digest == UNKNOWN else sha256()
        file = self._source.open(part)
        try:
            read = self._fill if needed <= _BUFFER_BYTES else self._stream_large
            self._source.require(part, file, read(file, size_bytes, computed))
        except IsADirectoryError as error:
            raise self._source.changed(part, "it is a folder now") from error
        finally:
            os.close(file)
        if computed is not None:
            self._source.compare(part, computed)
        if over := size_bytes % BLOCK_BYTES:
            self._put(_ZEROS[over:])

    def _fill(self, file: int, size_bytes: int, computed: _Hash | None) -> int:
        """Read a file into the buffer, which has room for it and for a byte more."""
        begin = self._used
        end = begin + size_bytes + 1
        self._used = end - 1
        count = os.readv(file, (self._buffer[begin:end],))
        while 0 < count < size_bytes:
            more = os.readv(file, (self._buffer[begin + count : end],))
            if not more:
                break
            count += more
        if computed is not None:
            computed.update(self._buffer[begin : self._used])
        return count

    def _stream_large(self, file: int, size_bytes: int, computed: _Hash | None) -> int:
        """Read a file through the buffer, which is too small for it."""
        total = 0
        while total <= size_bytes:
            count = os.readv(file, (self._buffer[self._used :],))
            if not count:
                break
            total += count
            if computed is not None:
                computed.update(self._buffer[self._used : self._used + count])
            self._used += count
            if self._used == _BUFFER_BYTES:
                self._flush()
        return total

    def end(self) -> None:
        """Write the end of the tar and all that is left."""
        self._put(TAR_END)
        self._flush()

    def _put(self, content: bytes) -> None:
        if self._used + len(content) > _BUFFER_BYTES:
            self._flush()
        end = self._used + len(content)
        self._buffer[self._used : end] = content
        self._used = end

    def _flush(self) -> None:
        if self._used:
            self._stream.write(self._buffer[: self._used])
            self._used = 0
