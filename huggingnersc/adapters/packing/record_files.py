"""Files with records of one size, read in any order."""

from __future__ import annotations

import gzip
import os
import shutil
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

from huggingnersc.adapters.data_files.compressed import BROKEN
from huggingnersc.domain.packing.idx import HEADER_BYTES, IdxHeader, parse_idx_header

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedIOBase

    from huggingnersc.adapters.packing.source_files import SourceFiles
    from huggingnersc.domain.packing.sample import ListedPart

_PIECE_BYTES = 1 << 20
_GZIPPED = b".gz"


class RecordFile:
    """An open file with records of one size.

    Args:
        file: open for reading; it is closed with this value.
        start: where the first record begins.
        record_bytes: the size of each.
        records: how many there are.
    """

    def __init__(self, file: IO[bytes], start: int, record_bytes: int, records: int) -> None:
        self._file, self._start = file, start
        self._record_bytes, self.records = record_bytes, records

    def record(self, number: int) -> bytes:
        """Return the bytes of a record.

        Raises:
            ValueError: there is none of this number, or the file was cut meanwhile.
        """
        if not 0 <= number < self.records:
            raise ValueError(f"it has no record {number}")
        at = self._start + number * self._record_bytes
        content = os.pread(self._file.fileno(), self._record_bytes, at)
        if len(content) != self._record_bytes:
            raise ValueError("it was cut while it was read")
        return content

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def idx_header(source: SourceFiles, part: ListedPart) -> IdxHeader:
    """Return the header of an IDX file, once its size was compared with it.

    A gzipped file is decompressed for that, no further than its header says.

    Raises:
        ValueError: it is no IDX file, or longer or shorter than its header says.
        SourceChangedError: it is not what was listed.
        OSError: it cannot be read.
    """
    with _content(source, part) as stream:
        start = stream.read(HEADER_BYTES)
        header = parse_idx_header(start)
        if part.path.lower().endswith(_GZIPPED):
            size_bytes = len(start) + _rest_bytes(stream, header.file_bytes)
        else:
            size_bytes = part.size_bytes
    if size_bytes != header.file_bytes:
        has = "more" if size_bytes > header.file_bytes else f"{size_bytes:,}"
        raise ValueError(f"its header says {header.file_bytes:,} bytes, and it has {has}")
    return header


def idx_content(source: SourceFiles, part: ListedPart, header: IdxHeader) -> bytes:
    """Return the records of an IDX file, all of them at once.

    Raises:
        ValueError: it cannot be decompressed, or is not what its header said.
        SourceChangedError: it is not what was listed.
        OSError: it cannot be read.
    """
    with _content(source, part) as stream:
        stream.read(header.size_bytes)
        content = stream.read(header.file_bytes - header.size_bytes)
    if len(content) != header.file_bytes - header.size_bytes:
        raise ValueError("it was cut while it was read")
    return content


def open_idx(source: SourceFiles, part: ListedPart) -> tuple[IdxHeader, RecordFile]:
    """Open an IDX file; one that is gzipped is unpacked first, to a file without a name.

    That file is in the system's folder for temporary files.

    Raises:
        ValueError: it is no IDX file, or longer or shorter than its header says.
        SourceChangedError: it is not what was listed.
        OSError: it cannot be read, or not be unpacked.
    """
    header = idx_header(source, part)
    if not part.path.lower().endswith(_GZIPPED):
        file: IO[bytes] = os.fdopen(source.open(part), "rb")
    else:
        file = TemporaryFile()  # noqa: SIM115 - closed with the value
        with _content(source, part) as stream:
            shutil.copyfileobj(stream, file, _PIECE_BYTES)
        file.flush()
    return header, RecordFile(file, header.size_bytes, header.record_bytes, header.records)


def kept_records(content: bytes, record_bytes: int) -> RecordFile:
    """Keep records in a file without a name.

    Raises:
        OSError: there is no room for it.
    """
    file = TemporaryFile()  # noqa: SIM115 - closed with the value
    file.write(content)
    file.flush()
    return RecordFile(file, 0, record_bytes, len(content) // record_bytes)


@contextmanager
def _content(source: SourceFiles, part: ListedPart) -> Iterator[BufferedIOBase]:
    """Open a file, which may be gzipped.

    Raises:
        ValueError: it cannot be decompressed.
        SourceChangedError: it is not what was listed.
        OSError: it cannot be read.
    """
    with os.fdopen(source.open(part), "rb") as file:
        source.require(part, file.fileno(), part.size_bytes)
        os.set_blocking(file.fileno(), True)
        if not part.path.lower().endswith(_GZIPPED):
            yield file
            return
        try:
            with gzip.open(file, "rb") as stream:
                yield stream
        except BROKEN as error:
            raise ValueError("it cannot be decompressed; gunzip -t checks it") from error


def _rest_bytes(stream: BufferedIOBase, most: int) -> int:
    """Return how many bytes follow; more than the most are not read."""
    found = 0
    while found <= most and (piece := stream.read(_PIECE_BYTES)):
        found += len(piece)
    return found
