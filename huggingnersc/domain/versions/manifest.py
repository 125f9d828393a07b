r"""The manifest of a version: every file with its hash, size and time, one line each.

A line has four columns with tabs between them and ends with a newline:

    path    digest    size in bytes    time of the last change, in ns since 1970

The digest is the SHA-256 of a regular file, 64 hexadecimal digits. Of anything else it says what
it is: `link:TARGET`, `fifo`, `socket`, `device`, or `unreadable` for a file that could not be
read. Paths are relative to the root of the data. In paths and targets a backslash, a control
character and a byte that is not UTF-8 are written as `\x` and two hexadecimal digits, so every
name survives and a line holds no tab or newline but its own.

Lines are sorted by their bytes, as `LC_ALL=C sort` does. As no byte of a path is smaller than the
tab, this is also the order of the paths, and two manifests are compared as they are read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.domain.text.escaped_names import escaped as escaped
from huggingnersc.domain.text.escaped_names import unescaped as unescaped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_DIGEST = re.compile(rb"[0-9a-f]{64}")
_LINE = re.compile(
    rb"[^\x00-\x1f\x7f]+\t(?:[0-9a-f]{64}|link:[^\x00-\x1f\x7f]*|fifo|socket|device|unreadable)"
    rb"\t[0-9]{1,19}\t-?[0-9]{1,19}\n"
)
_SUM_ESCAPED = re.compile(rb"[\\\n\r]")
_SUM_ESCAPES = {b"\\": rb"\\", b"\n": rb"\n", b"\r": rb"\r"}
UNREADABLE = b"unreadable"
NOT_READ = b"-"  # of a regular file, where an inventory was not to read it


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """One line of a manifest.

    Attributes:
        path: relative, as the file system has it.
        digest: hexadecimal SHA-256, or what it is in place of a regular file.
        size_bytes: its size; that of a link is the length of its target.
        mtime_ns: when it was last changed.
    """

    path: bytes
    digest: bytes
    size_bytes: int
    mtime_ns: int

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file that was read."""
        return bool(_DIGEST.fullmatch(self.digest))


def entry_of(line: bytes) -> ManifestEntry:
    """Read a line.

    Raises:
        ValueError: it is no line of a manifest.
    """
    path, digest, size_bytes, mtime_ns = line.rstrip(b"\n").split(b"\t")
    return ManifestEntry(unescaped(path), unescaped(digest), int(size_bytes), int(mtime_ns))


def first_damage(lines: Iterable[bytes]) -> tuple[int, str] | None:
    """Return the number and the fault of the first line that is damaged or not in order.

    Args:
        lines: all lines of a manifest.

    Returns:
        None where all are as they should be.
    """
    previous = b""
    for number, line in enumerate(lines, 1):
        if not _LINE.fullmatch(line):
            return number, "it is no line of a manifest"
        path = line[: line.index(b"\t")]
        if path <= previous:
            return number, "it is not in order"
        previous = path
    return None


def sha256sum_lines(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines that `sha256sum -c` accepts for the regular files of a manifest.

    Names with a backslash, a newline or a carriage return are escaped as GNU's `sha256sum` does.

    Raises:
        ValueError: a line is none of a manifest.
    """
    for entry in map(entry_of, lines):
        if entry.is_file:
            name = _SUM_ESCAPED.sub(lambda found: _SUM_ESCAPES[found[0]], entry.path)
            mark = b"\\" if name != entry.path else b""
            yield b"%b%b  %b\n" % (mark, entry.digest, name)
