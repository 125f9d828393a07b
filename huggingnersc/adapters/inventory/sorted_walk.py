"""A walk through the root of the data in the order of a manifest, one name at a time.

Folders are opened one below the other by their names, so no link is followed, and a path may be
longer than the system takes. The names of a folder are sorted as the lines of a manifest are;
those of a huge folder are sorted in pieces on disk, so the memory does not grow with it.
"""

from __future__ import annotations

import heapq
import os
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from stat import S_ISFIFO, S_ISLNK, S_ISREG, S_ISSOCK
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

from huggingnersc.domain.versions.manifest import UNREADABLE, escaped, unescaped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDER = b"/"
LINK = b"link"
OTHERS = FIFO, SOCKET, DEVICE = b"fifo", b"socket", b"device"
MOST_IN_MEMORY = 50_000  # names of a folder
FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC

# An escaped path below the root, the status of what it is, and what stands in place of its digest:
# `link:TARGET`, `fifo`, `socket`, `device`, `unreadable`, `/` for a folder, and nothing for a
# regular file. An error stands in place of the status that cannot be read. The path of a folder
# ends with a slash, and that of the root is empty.
Found: TypeAlias = tuple[bytes, "os.stat_result | OSError", bytes]


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
        OSError: it cannot be opened.
    """
    real = os.path.realpath(os.fsencode(root))
    is_file = not os.path.isdir(real)  # noqa: PTH112 - bytes
    folder = os.path.dirname(real) if is_file else real  # noqa: PTH120 - bytes
    opened = DataRoot(os.open(folder, FOLDER_FLAGS))
    if is_file:
        opened.only = os.path.basename(real)  # noqa: PTH119 - bytes
        opened.shown_as = escaped(os.path.basename(os.fsencode(root)))  # noqa: PTH119 - bytes
    try:
        yield opened
    finally:
        os.close(opened.descriptor)


def sorted_walk(root: DataRoot, scratch: Path) -> Iterator[Found]:
    """Yield the root and what is below it in the order of the lines of a manifest.

    What cannot be read is yielded with its error; so is a name that was listed and is gone.

    Args:
        root: where to begin.
        scratch: an existing folder for the names of huge folders.

    Raises:
        OSError: the root itself cannot be listed.
    """
    if root.only:
        yield _found(root.shown_as, root.only, root.descriptor)
        return
    yield b"", os.fstat(root.descriptor), FOLDER
    levels = [_WalkedFolder(b"", root.descriptor, _names(root.descriptor, scratch))]
    try:
        yield from _walked(levels, scratch)
    finally:
        for level in levels[1:]:
            os.close(level.descriptor)


def _walked(levels: list[_WalkedFolder], scratch: Path) -> Iterator[Found]:
    """Yield what is below the first of these levels; the others are opened on the way."""
    while True:
        level = levels[-1]
        for key in level.names:
            path = level.prefix + key
            if not key.endswith(FOLDER):
                yield _found(path, _name(key), level.descriptor)
                continue
            try:
                levels.append(_opened(path, _name(key[:-1]), level.descriptor, scratch))
            except OSError as error:
                yield path, error, UNREADABLE
                continue
            yield path, os.fstat(levels[-1].descriptor), FOLDER
            break
        else:
            if len(levels) == 1:
                return
            os.close(levels.pop().descriptor)


@dataclass(slots=True)
class _WalkedFolder:
    """A folder in which the walk is: its path, the open folder, and the names still to come."""

    prefix: bytes
    descriptor: int
    names: Iterator[bytes]


def _opened(path: bytes, name: bytes, parent: int, scratch: Path) -> _WalkedFolder:
    descriptor = os.open(name, FOLDER_FLAGS, dir_fd=parent)
    try:
        return _WalkedFolder(path, descriptor, _names(descriptor, scratch))
    except BaseException:
        os.close(descriptor)
        raise


def _found(path: bytes, name: bytes, folder: int) -> Found:
    try:
        status = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if S_ISREG(status.st_mode):
            return path, status, b""
        return path, status, _kind(status.st_mode, name, folder)
    except OSError as error:
        return path, error, UNREADABLE


def _kind(mode: int, name: bytes, folder: int) -> bytes:
    if S_ISLNK(mode):
        return LINK + b":" + escaped(os.readlink(name, dir_fd=folder))
    if S_ISFIFO(mode):
        return FIFO
    return SOCKET if S_ISSOCK(mode) else DEVICE


def _name(key: bytes) -> bytes:
    return unescaped(key) if b"\\" in key else key


def _key(entry: os.DirEntry[str]) -> bytes:
    """Return the name as a manifest has it, that of a folder with a slash, which it sorts by."""
    name = entry.name
    is_plain = name.isascii() and name.isprintable() and "\\" not in name
    key = name.encode() if is_plain else escaped(os.fsencode(name))
    return key + FOLDER if entry.is_dir(follow_symlinks=False) else key


def _names(folder: int, scratch: Path) -> Iterator[bytes]:
    """Return the keys of the names in a folder, sorted."""
    with os.scandir(folder) as entries:
        keys = map(_key, entries)
        piece = sorted(islice(keys, MOST_IN_MEMORY))
        if len(piece) < MOST_IN_MEMORY:
            return iter(piece)
        pieces = _Pieces(scratch)
        while piece:
            pieces.add(piece)
            piece = sorted(islice(keys, MOST_IN_MEMORY))
    return pieces.merged()


@dataclass(slots=True)
class _Pieces:
    """Sorted pieces of the names of a huge folder, in files that nobody else sees."""

    scratch: Path
    files: list[BinaryIO] = field(default_factory=list)

    def add(self, piece: list[bytes]) -> None:
        file = TemporaryFile(dir=self.scratch)  # noqa: SIM115 - closed when they are merged
        self.files.append(file)
        file.writelines(key + b"\n" for key in piece)
        file.seek(0)

    def merged(self) -> Iterator[bytes]:
        with ExitStack() as stack:
            files = [stack.enter_context(file) for file in self.files]
            # A newline is smaller than every byte of a key, so lines sort as keys do.
            yield from (line[:-1] for line in heapq.merge(*files))
