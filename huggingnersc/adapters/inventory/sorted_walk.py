"""A walk through the root of the data in the order of a manifest.

Folders are opened one below the other by their names, so no link is followed, and a path may be
longer than the system takes. The names of a folder are sorted as the lines of a manifest are;
those of a huge folder are sorted in pieces on disk, so the memory does not grow with it.
"""

from __future__ import annotations

import errno
import heapq
import os
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from stat import S_ISDIR, S_ISREG
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

from huggingnersc.domain.versions.manifest import escaped, unescaped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_FOLDER = b"/"  # ends the name of a folder
_SPECIAL = b"\t"  # that of what is neither; sorts as the end of the name does
_MARKS = _FOLDER, _SPECIAL
MOST_IN_MEMORY = 50_000  # names of a folder
_MERGED = 10_000  # of more names, so many at a time
LARGE_BYTES = 1 << 20
FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Files:
    """Regular files that follow one another in a folder.

    Attributes:
        prefix: the escaped path of the folder below the root, with a slash; empty for the root.
        names: escaped.
        status: of the first; None where it cannot be looked at.
        descriptor: of the folder, which is open until the next entry of the walk is taken.
    """

    prefix: bytes
    names: list[bytes]
    status: os.stat_result | None
    descriptor: int

    def paths(self) -> list[bytes]:
        """Return their escaped paths below the root."""
        prefix = self.prefix
        return [prefix + name for name in self.names]


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder whose files and folders come next.

    Attributes:
        path: escaped, with a slash; empty for the root.
        about: its status, or why it cannot be read.
    """

    path: bytes
    about: os.stat_result | OSError


@dataclass(frozen=True, slots=True)
class Special:
    """Neither a folder nor a regular file; its `path` is escaped."""

    path: bytes


Found: TypeAlias = "Files | Folder | Special"


@dataclass(slots=True)
class DataRoot:
    """The root of the data, opened: a folder, or the folder of the one file that is the root.

    Attributes:
        descriptor: of the open folder.
        only: the name of the file in it, if the root is a file.
        shown_as: the escaped name by which the root is called, if it is a file.
    """

    descriptor: int
    only: bytes = b""
    shown_as: bytes = b""


@contextmanager
def open_root(root: Path | str) -> Iterator[DataRoot]:
    """Open the root of the data, which may be a link, for the time of the block.

    Raises:
        OSError: it cannot be opened, or is neither.
    """
    real = os.path.realpath(os.fsencode(root))
    mode = os.stat(real).st_mode  # noqa: PTH116 - bytes
    if not (is_file := S_ISREG(mode)) and not S_ISDIR(mode):
        raise OSError(errno.EINVAL, "it is neither a folder nor a file", root)
    folder = os.path.dirname(real) if is_file else real  # noqa: PTH120 - bytes
    opened = DataRoot(os.open(folder, FOLDER_FLAGS))
    if is_file:
        opened.only = os.path.basename(real)  # noqa: PTH119 - bytes
        opened.shown_as = escaped(os.path.basename(os.fsencode(root)))  # noqa: PTH119 - bytes
    try:
        yield opened
    finally:
        os.close(opened.descriptor)


def sorted_walk(root: DataRoot, scratch: Path, *, looked_at: int) -> Iterator[Found]:
    """Yield the root and what is below it in the order of the lines of a manifest.

    Args:
        root: where to begin.
        scratch: an existing folder for the names of huge folders.
        looked_at: the most files that come at once, as the status of the first is read; after a
            large file, they come one by one.

    Raises:
        OSError: the root itself cannot be listed.
    """
    if root.only:
        status = os.stat(root.only, dir_fd=root.descriptor)
        yield Files(b"", [root.shown_as], status, root.descriptor)
        return
    yield Folder(b"", os.fstat(root.descriptor))
    folders = [_WalkedFolder(b"", root.descriptor, _parts(root.descriptor, scratch))]
    try:
        yield from _walked(folders, scratch, looked_at)
    finally:
        for folder in folders[1:]:
            os.close(folder.descriptor)


def _walked(folders: list[_WalkedFolder], scratch: Path, looked_at: int) -> Iterator[Found]:
    """Yield what is below the first of these folders; the others are opened on the way."""
    while folders:
        folder = folders[-1]
        part = next(folder.parts, None)
        if isinstance(part, list):
            yield from _files(folder, part, looked_at)
        elif part is None:
            if len(folders) == 1:
                return
            os.close(folders.pop().descriptor)
        elif part.endswith(_SPECIAL):
            yield Special(folder.prefix + part[:-1])
        else:
            path = folder.prefix + part
            try:
                folders.append(_opened(path, name_of(part[:-1]), folder.descriptor, scratch))
            except OSError as error:
                yield Folder(path, error)
            else:
                yield Folder(path, os.fstat(folders[-1].descriptor))


def _files(folder: _WalkedFolder, names: list[bytes], looked_at: int) -> Iterator[Files]:
    begin = 0
    while begin < len(names):
        status = _status(names[begin], folder.descriptor)
        count = 1 if status and status.st_size >= LARGE_BYTES else looked_at
        names_of_part = names[begin : begin + count]
        yield Files(folder.prefix, names_of_part, status, folder.descriptor)
        begin += count


@dataclass(frozen=True, slots=True)
class _WalkedFolder:
    """A folder in which the walk is.

    Attributes:
        prefix: its escaped path, with a slash.
        descriptor: of the open folder.
        parts: what is still to come: the names of files that follow one another, or the key of
            something else.
    """

    prefix: bytes
    descriptor: int
    parts: Iterator[list[bytes] | bytes]


def _opened(path: bytes, name: bytes, parent: int, scratch: Path) -> _WalkedFolder:
    descriptor = os.open(name, FOLDER_FLAGS, dir_fd=parent)
    try:
        return _WalkedFolder(path, descriptor, _parts(descriptor, scratch))
    except BaseException:
        os.close(descriptor)
        raise


def _status(key: bytes, folder: int) -> os.stat_result | None:
    with suppress(OSError):  # who reads the file gets the error
        return os.stat(name_of(key), dir_fd=folder, follow_symlinks=False)
    return None


def name_of(key: bytes) -> bytes:
    """Return the name that was escaped."""
    return unescaped(key) if b"\\" in key else key


def _key(entry: os.DirEntry[str]) -> bytes:
    """Return the name as a manifest has it, with the mark of what it is."""
    name = entry.name
    is_plain = name.isascii() and name.isprintable() and "\\" not in name
    key = name.encode() if is_plain else escaped(os.fsencode(name))
    if entry.is_file(follow_symlinks=False):
        return key
    return key + (_FOLDER if entry.is_dir(follow_symlinks=False) else _SPECIAL)


def _parts(folder: int, scratch: Path) -> Iterator[list[bytes] | bytes]:
    """Return what is in a folder, sorted; see `_WalkedFolder`.

    Raises:
        OSError: it cannot be listed.
    """
    with os.scandir(folder) as entries:
        keys = map(_key, entries)
        piece = sorted(islice(keys, MOST_IN_MEMORY))
        if len(piece) < MOST_IN_MEMORY:
            return _cut([piece])
        pieces = _Pieces(scratch)
        while piece:
            pieces.add(piece)
            piece = sorted(islice(keys, MOST_IN_MEMORY))
    return _cut(pieces.merged())


def _cut(pieces: Iterable[list[bytes]]) -> Iterator[list[bytes] | bytes]:
    """Cut sorted keys at each that is not that of a file."""
    for keys in pieces:
        begin = 0
        for at in [number for number, key in enumerate(keys) if key.endswith(_MARKS)]:
            if begin < at:
                yield keys[begin:at]
            yield keys[at]
            begin = at + 1
        if begin < len(keys):
            yield keys[begin:] if begin else keys


@dataclass(slots=True)
class _Pieces:
    """Sorted pieces of the names of a huge folder, in files that no one else sees."""

    scratch: Path
    files: list[BinaryIO] = field(default_factory=list)

    def add(self, piece: list[bytes]) -> None:
        file = TemporaryFile(dir=self.scratch)  # noqa: SIM115 - closed when they are merged
        self.files.append(file)
        file.writelines(key + b"\n" for key in piece)
        file.seek(0)

    def merged(self) -> Iterator[list[bytes]]:
        with ExitStack() as stack:
            files = [stack.enter_context(file) for file in self.files]
            # A newline is smaller than every byte of a key, so lines sort as keys do.
            lines = heapq.merge(*files)
            while piece := [line[:-1] for line in islice(lines, _MERGED)]:
                yield piece
