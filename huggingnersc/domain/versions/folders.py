r"""The folders of a version: how much each of them holds, one line each, beside the manifest.

A line of `folders.tsv` has eight columns with tabs between them and ends with a newline:

    parent   name   files below   bytes below   entries in it   folders in it   time   formats

Parent and name are written as in a manifest; both are empty in the line of the root. Files and
bytes are those of the regular files at any depth. Entries (files, links and others) and folders
are those directly in it. The time is that of the latest change of a file below, in ns
since 1970. Formats are the most frequent extensions below with their numbers, as `.nc=12 .csv=3`.

Lines are sorted by their bytes. As no byte of a name is smaller than the tab, all folders of one
parent follow one another, and the first of them is found by bisecting the file.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from huggingnersc.domain.versions.manifest import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_WORD = re.compile(rb"[a-z0-9_+-]{1,12}")  # of an extension
_COMPRESSED = frozenset({b".gz", b".bz2", b".xz", b".zst", b".lz4"})
_NO_FILES = frozenset({b"fifo", b"socket", b"device", UNREADABLE})
_MOST_FORMATS = 3  # that are named
_MOST_KEPT = 1_000  # words that are known to be extensions, or none
_MOST_COUNTED = 64  # extensions of one folder that are told apart
_FORMAT = rb"\.[a-z0-9_.+-]{1,20}=[0-9]{1,19}"
_LINE = re.compile(
    rb"([^\t\n]*)\t([^\t\n]*)"
    + rb"\t([0-9]{1,19})" * 4
    + rb"\t(-?[0-9]{1,19})\t((?:%b(?: %b){0,2})?)\n?" % (_FORMAT, _FORMAT)
)


@dataclass(frozen=True, slots=True)
class FolderTotals:
    """One line of `folders.tsv`.

    Attributes:
        parent: the path of the folder that it is in, as a manifest has it; empty at the top.
        name: its own; empty for the root.
        files: how many regular files are below it, at any depth.
        size_bytes: theirs.
        entries: what is directly in it and no folder.
        folders: that are directly in it.
        mtime_ns: of the latest change of a file below it; 0 where none is later than 1970.
        formats: the most frequent extensions below it, and how many files have each.
    """

    parent: bytes
    name: bytes
    files: int
    size_bytes: int
    entries: int
    folders: int
    mtime_ns: int
    formats: tuple[tuple[str, int], ...]

    @property
    def path(self) -> bytes:
        """Its path, as a manifest has it."""
        return self.parent + b"/" + self.name if self.parent else self.name


@dataclass(slots=True)
class _OpenFolder:
    """A folder whose lines of the manifest are being read."""

    path: bytes
    files: int = 0
    size_bytes: int = 0
    entries: int = 0
    folders: int = 0
    mtime_ns: int = 0
    formats: Counter[bytes] = field(default_factory=Counter)

    def count(self, name: bytes, digest: bytes, size_bytes: bytes, mtime_ns: bytes) -> None:
        """Count an entry that is directly in it, by the columns of its line."""
        self.entries += 1
        if digest in _NO_FILES or digest.startswith(b"link:"):
            return
        self.files += 1
        self.size_bytes += int(size_bytes)
        if (changed_ns := int(mtime_ns)) > self.mtime_ns:
            self.mtime_ns = changed_ns
        self._count_format(extension_of(name), 1)

    def add(self, folder: _OpenFolder) -> None:
        """Count a folder that is directly in it, and all that this one holds."""
        self.folders += 1
        self.files += folder.files
        self.size_bytes += folder.size_bytes
        self.mtime_ns = max(self.mtime_ns, folder.mtime_ns)
        for extension, count in folder.formats.items():
            self._count_format(extension, count)

    def _count_format(self, extension: bytes, count: int) -> None:
        if extension in self.formats or len(self.formats) < _MOST_COUNTED:
            self.formats[extension] += count

    @property
    def columns(self) -> tuple[bytes | int, ...]:
        """What its line holds."""
        parent, _, name = self.path.rpartition(b"/")
        named = [one for one in self.formats.items() if one[0]]
        named.sort(key=lambda one: (-one[1], one[0]))
        formats = b" ".join(b"%b=%d" % one for one in named[:_MOST_FORMATS])
        counts = (self.files, self.size_bytes, self.entries, self.folders, self.mtime_ns)
        return (parent, name, *counts, formats)


def folder_columns(manifest: Iterable[bytes]) -> Iterator[tuple[bytes | int, ...]]:
    """Yield the columns of every folder, each after all that it holds.

    It takes memory for one path of folders only. The tuples sort as their lines do.

    Args:
        manifest: the lines of a manifest, in their order.

    Raises:
        ValueError: a line is none of a manifest.
    """
    opened = [_OpenFolder(b"")]
    for line in manifest:
        path, digest, size_bytes, mtime_ns = line.split(b"\t")
        folder, _, name = path.rpartition(b"/")
        if folder != opened[-1].path:
            while not _holds(opened[-1].path, folder):
                yield _closed(opened)
            _open(opened, folder)
        opened[-1].count(name, digest, size_bytes, mtime_ns)
    while len(opened) > 1:
        yield _closed(opened)
    yield opened[0].columns


def folder_line(columns: tuple[bytes | int, ...]) -> bytes:
    """Return the line of a folder, given its columns."""
    texts = (one if isinstance(one, bytes) else b"%d" % one for one in columns)
    return b"\t".join(texts) + b"\n"


def totals_of(line: bytes) -> FolderTotals:
    """Read a line, which someone else may have written.

    Raises:
        ValueError: it is none.
    """
    columns = _LINE.fullmatch(line)
    if columns is None:
        raise ValueError("it is no line about a folder")
    parent, name, *numbers, named = columns.groups()
    files, size_bytes, entries, folders, mtime_ns = map(int, numbers)
    formats = tuple(map(_format, named.split(b" "))) if named else ()
    return FolderTotals(parent, name, files, size_bytes, entries, folders, mtime_ns, formats)


def extension_of(name: bytes) -> bytes:
    """Return the extension of a file in lower case; empty for what is none in common use."""
    stem, _, last = name.rpartition(b".")
    extension = _extension(last) if stem else b""
    if extension not in _COMPRESSED:
        return extension
    stem, _, before = stem.rpartition(b".")
    return _extension(before) + extension if stem else b""


@lru_cache(_MOST_KEPT)
def _extension(word: bytes) -> bytes:
    lower = word.lower()
    return b"." + lower if _WORD.fullmatch(lower) else b""


def _holds(folder: bytes, path: bytes) -> bool:
    return not folder or path == folder or path.startswith(folder + b"/")


def _open(opened: list[_OpenFolder], folder: bytes) -> None:
    """Open a folder, and those between it and the last open one, which holds it."""
    while opened[-1].path != folder:
        start = len(opened[-1].path) + 1 if opened[-1].path else 0
        end = folder.find(b"/", start)
        opened.append(_OpenFolder(folder if end < 0 else folder[:end]))


def _closed(opened: list[_OpenFolder]) -> tuple[bytes | int, ...]:
    folder = opened.pop()
    opened[-1].add(folder)
    return folder.columns


def _format(text: bytes) -> tuple[str, int]:
    extension, _, count = text.rpartition(b"=")
    return extension.decode(), int(count)
