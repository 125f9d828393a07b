r"""The state of a transfer: one text file in the target, which a person can read.

The first line says what it is. Every other one is about a file and has columns with tabs between
them; paths are escaped as in a manifest:

    PATH  done   DIGEST  SIZE  MTIME_NS      is here, whole and checked
    PATH  piece  DIGEST  START  STOP  VALIDATOR  these bytes are in its part
    PATH  again  DIGEST                      its part was begun again

Lines are only added while a transfer works, so that a killed one leaves at most its last line cut.
When it ends, what is out of date is left out. Nothing is synced to disk: what a power failure cuts
has another size or time than its line says.
"""

from __future__ import annotations

import fcntl
import os
import stat
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from huggingnersc.adapters.files.open_folder import require_regular
from huggingnersc.adapters.files.sorted_rows import SortedRows
from huggingnersc.adapters.transfer.wanted_file import WantedFile
from huggingnersc.domain.text.escaped_names import escaped, unescaped
from huggingnersc.errors import RunBusyError, TransferError

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from huggingnersc.adapters.files.open_folder import OpenFolder

STATE_FILE = ".huggingnersc-transfer.tsv"
_NEW_FILE = f"{STATE_FILE}.new"
_FIRST = b"# huggingnersc transfer, format 1: what is here, whole and checked (keep this file)\n"
_DONE, _PIECE, _AGAIN = b"done", b"piece", b"again"
_MOST_LINE_BYTES = 1 << 16


class KnownFile(NamedTuple):
    """A file that a transfer brought here.

    Attributes:
        path: below the target, escaped.
        mtime_ns: its time when it was whole.
        size_bytes: its size.
        digest: as `WantedFile` has it.
    """

    path: bytes
    mtime_ns: int
    size_bytes: int
    digest: bytes

    @property
    def file(self) -> WantedFile:
        """The file, as it was wanted."""
        return WantedFile(unescaped(self.path), self.size_bytes, self.digest.decode())

    def is_as_known(self, status: os.stat_result) -> bool:
        """Return whether what is here now is this file, by its size and time."""
        is_same = (status.st_size, status.st_mtime_ns) == (self.size_bytes, self.mtime_ns)
        return stat.S_ISREG(status.st_mode) and is_same


@dataclass(frozen=True, slots=True)
class KnownPiece:
    """Bytes of a file that are in its part; `validator` is that of the source's content."""

    start: int
    stop: int
    validator: str


class StateFile:
    """The state of the transfers to a folder, held by one process at a time; a context manager.

    Args:
        folder: the target.
        make: whether to make the file where there is none.

    Raises:
        RunBusyError: another process moves files to this folder.
        TransferError: the file is not one of this program.
        OSError: it cannot be read or written.
    """

    def __init__(self, folder: OpenFolder, *, make: bool) -> None:
        self._folder, self._descriptor = folder, -1
        self._pieces: dict[bytes, dict[bytes, list[KnownPiece]]] = {}
        flags = os.O_RDWR | os.O_APPEND | (os.O_CREAT if make else 0)
        with suppress(FileNotFoundError):
            self._descriptor = folder.descriptor_of(STATE_FILE, flags)
        with ExitStack() as failing:
            failing.callback(self._close)
            if self._descriptor != -1:
                self._lock()
                if make:  # what a killed process has left
                    folder.unlink(_NEW_FILE)
            self.known = SortedRows(self._read())
            failing.pop_all()

    def __enter__(self) -> StateFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def _close(self) -> None:
        """Close the file, which also ends the lock."""
        if self._descriptor != -1:
            os.close(self._descriptor)

    def pieces_of(self, file: WantedFile) -> list[KnownPiece]:
        """Return the bytes of a file that are in its part."""
        return self._pieces.get(escaped(file.path), {}).get(file.digest.encode(), [])

    @property
    def parts(self) -> list[WantedFile]:
        """The files of which a part may be here, without their sizes."""
        return [
            WantedFile(unescaped(path), 0, digest.decode())
            for path, digests in self._pieces.items()
            for digest in digests
        ]

    def add_done(self, file: WantedFile, status: os.stat_result) -> None:
        """Note that a file is here, whole and checked."""
        digest = file.digest.encode()
        self._add(file, b"%b\t%b\t%d\t%d" % (_DONE, digest, status.st_size, status.st_mtime_ns))

    def add_piece(self, file: WantedFile, piece: KnownPiece) -> None:
        """Note that bytes of a file are in its part."""
        where = b"%d\t%d" % (piece.start, piece.stop)
        validator = escaped(piece.validator.encode())
        self._add(file, b"%b\t%b\t%b\t%b" % (_PIECE, file.digest.encode(), where, validator))

    def add_again(self, file: WantedFile) -> None:
        """Note that the part of a file was begun again."""
        self._add(file, b"%b\t%b" % (_AGAIN, file.digest.encode()))

    def compact(self, *, gone: Container[bytes] = ()) -> None:
        """Write the file without the lines that are out of date, in the order of the paths.

        Args:
            gone: escaped paths of files that were deleted, which are forgotten.
        """
        latest: KnownFile | None = None
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with (
            self._removing_new(),
            os.fdopen(self._folder.descriptor_of(_NEW_FILE, flags), "wb") as stream,
        ):
            stream.write(_FIRST)
            for one in map(KnownFile._make, SortedRows(self._read())):
                if one.path in gone:
                    continue
                if latest and latest.path != one.path:
                    stream.write(_done_line(latest))
                latest = one  # of two lines of a file the one with the later time
            if latest:
                stream.write(_done_line(latest))
            stream.flush()
            os.fsync(stream.fileno())
            os.fchmod(stream.fileno(), os.fstat(self._descriptor).st_mode & 0o777)
            self._folder.move(_NEW_FILE, self._folder, STATE_FILE)

    @contextmanager
    def _removing_new(self) -> Iterator[None]:
        """Leave nothing half written behind."""
        self._folder.unlink(_NEW_FILE)
        try:
            yield
        except BaseException:
            self._folder.unlink(_NEW_FILE)
            raise

    def _lock(self) -> None:
        status = os.fstat(self._descriptor)
        require_regular(status, self._folder.path / STATE_FILE)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise self._busy() from error
        if not self._folder.holds(STATE_FILE, self._descriptor):  # written again meanwhile
            raise self._busy()
        begin = os.pread(self._descriptor, len(_FIRST), 0)
        if not _FIRST.startswith(begin):
            raise TransferError(
                f"{self._folder.path / STATE_FILE} is not the state of a transfer that this "
                "program knows.",
                hint="Move it away, or choose another folder.",
            )
        if len(begin) < len(_FIRST):  # new, or its writer was killed
            os.ftruncate(self._descriptor, 0)
            os.write(self._descriptor, _FIRST)
        elif os.pread(self._descriptor, 1, status.st_size - 1) != b"\n":
            os.write(self._descriptor, b"\tcut\t\n")  # the line that a kill has cut is none

    def _busy(self) -> RunBusyError:
        return RunBusyError(
            f"Another process moves files to {self._folder.path}.",
            hint="Wait until it is done, then run the same command again.",
        )

    def _read(self) -> Iterator[tuple[bytes | int, ...]]:
        """Yield what is here; keep what parts hold."""
        self._pieces = {}
        if self._descriptor == -1:
            return
        with os.fdopen(os.dup(self._descriptor), "rb") as stream:
            stream.seek(len(_FIRST))
            while (line := stream.readline(_MOST_LINE_BYTES)).endswith(b"\n"):
                with suppress(ValueError):  # a cut line says nothing
                    path, kind, digest, *rest = line.rstrip(b"\n").split(b"\t")
                    if kind == _DONE:
                        size, mtime_ns = map(int, rest)
                        yield KnownFile(path, mtime_ns, size, digest)
                    else:
                        self._keep_piece(path, kind, digest, rest)

    def _keep_piece(self, path: bytes, kind: bytes, digest: bytes, rest: list[bytes]) -> None:
        found = self._pieces.setdefault(path, {})
        if kind == _AGAIN:
            found[digest] = []
        elif kind == _PIECE:
            start, stop, validator = rest
            piece = KnownPiece(int(start), int(stop), unescaped(validator).decode())
            found.setdefault(digest, []).append(piece)

    def _add(self, file: WantedFile, rest: bytes) -> None:
        os.write(self._descriptor, b"%b\t%b\n" % (escaped(file.path), rest))


def _done_line(one: KnownFile) -> bytes:
    return b"%b\tdone\t%b\t%d\t%d\n" % (one.path, one.digest, one.size_bytes, one.mtime_ns)
