"""A walk through the root of the data in the order of a manifest, one name at a time.

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
    from collections.abc import Iterator
    from pathlib import Path

FOLDER = b"/"
SPECIAL = b"\t"  # sorts as the end of the name does
MOST_IN_MEMORY = 50_000  # names of a folder
LARGE_BYTES = 1 << 20
FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC

# An escaped path below the root. That of a folder ends with `FOLDER` and that of anything but a
# folder or a regular file with `SPECIAL`; that of the root is empty. With it comes the status of a
# folder and of some files, or the error where a folder cannot be read.
Found: TypeAlias = "tuple[bytes, os.stat_result | OSError | None]"


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
        looked_at: the status of the first file of a folder is read, and of every so many after it;
            after a large file, that of each.

    Raises:
        OSError: the root itself cannot be listed.
    """
    if root.only:
        yield root.shown_as, os.stat(root.only, dir_fd=root.descriptor)
        return
    yield b"", os.fstat(root.descriptor)
    folders = [_WalkedFolder(b"", root.descriptor, _names(root.descriptor, scratch))]
    try:
        yield from _walked(folders, scratch, looked_at)
    finally:
        for folder in folders[1:]:
            os.close(folder.descriptor)


def _walked(folders: list[_WalkedFolder], scratch: Path, looked_at: int) -> Iterator[Found]:
    """Yield what is below the first of these folders; the others are opened on the way."""
    while True:
        folder = folders[-1]
        prefix, unseen = folder.prefix, folder.unseen
        for key in folder.names:
            path = prefix + key
            if unseen and not key.endswith((FOLDER, SPECIAL)):
                unseen -= 1
                yield path, None
            elif key.endswith(SPECIAL):
                yield path, None
            elif key.endswith(FOLDER):
                folder.unseen = unseen
                try:
                    folders.append(_opened(path, name_of(key[:-1]), folder.descriptor, scratch))
                except OSError as error:
                    yield path, error
                    continue
                yield path, os.fstat(folders[-1].descriptor)
                break
            else:
                status = _status(key, folder.descriptor)
                unseen = 0 if status and status.st_size >= LARGE_BYTES else looked_at - 1
                yield path, status
        else:
            if len(folders) == 1:
                return
            os.close(folders.pop().descriptor)


@dataclass(slots=True)
class _WalkedFolder:
    """A folder in which the walk is.

    Attributes:
        prefix: its escaped path, with a slash.
        descriptor: of the open folder.
        names: those still to come.
        unseen: how many files to pass until the next whose status is read.
    """

    prefix: bytes
    descriptor: int
    names: Iterator[bytes]
    unseen: int = 0


def _opened(path: bytes, name: bytes, parent: int, scratch: Path) -> _WalkedFolder:
    descriptor = os.open(name, FOLDER_FLAGS, dir_fd=parent)
    try:
        return _WalkedFolder(path, descriptor, _names(descriptor, scratch))
    except BaseException:
        os.close(descriptor)
        raise


def _status(key: bytes, folder: int) -> os.stat_result | None:
    with suppress(OSError):  # whoever reads the file is told
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
    return key + (FOLDER if entry.is_dir(follow_symlinks=False) else SPECIAL)


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
    """Sorted pieces of the names of a huge folder, in files that no one else sees."""

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
