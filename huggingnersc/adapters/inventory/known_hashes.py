"""What an inventory knows of a file: a line with its status and its digest.

    path    size in bytes    mtime in ns    ctime in ns    inode    digest

The path is escaped and the lines are sorted as those of a manifest. The digest is that of the
manifest. A `?` before it says that the file was changed so shortly before it was read that its
times might not show another change; such a digest is not used again. The file `known_hashes.tsv`
holds these lines of the latest inventory: a cache.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

UNSETTLED = b"?"
UNKNOWN_STATUS = b"%b\t0\t0\t0\t0\t"  # the beginning of the line of what cannot be looked at
END = b"\xff"  # after every line
DIGEST_LENGTH = 64
_TABS = 5
_HEXADECIMAL = b"0123456789abcdef"
_PIECE_BYTES = 1 << 18
_MOST_BYTES = 1 << 20  # of a line


def status_key(path: bytes, status: os.stat_result) -> bytes:
    """Return the beginning of the line of a file, up to its digest."""
    times = status.st_mtime_ns, status.st_ctime_ns
    return b"%b\t%d\t%d\t%d\t%d\t" % (path, status.st_size, *times, status.st_ino)


def lines_of(file: Path) -> Iterator[bytes]:
    """Yield the lines of a file of this user without their newlines; none where it has none.

    Lines longer than any path end the file, so a damaged one takes no memory.
    """
    rest = b""
    with suppress(OSError), open(file, "rb", opener=_opened) as stream:
        if os.fstat(stream.fileno()).st_uid != os.geteuid():
            return
        while piece := stream.read(_PIECE_BYTES):
            *lines, rest = (rest + piece).split(b"\n")
            yield from lines
            if len(rest) > _MOST_BYTES:
                return


def _opened(path: str, flags: int) -> int:
    """Open no link, and wait for no writer of a pipe."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


class KnownHashes:
    """The lines in a file of known hashes, asked for in the order of the lines."""

    def __init__(self, file: Path) -> None:
        self._lines = lines_of(file)
        self._line = next(self._lines, END)

    def lines(self, paths: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the line of each path; nothing for one that has none."""
        for path in paths:
            begin = path + b"\t"
            while self._line < begin:
                self._line = next(self._lines, END)
            line = self._line
            yield line if line.startswith(begin) and line.count(b"\t") == _TABS else b""


def is_digest(text: bytes) -> bool:
    """Return whether it is a SHA-256 in hexadecimal."""
    return len(text) == DIGEST_LENGTH and not text.strip(_HEXADECIMAL)
