"""Read files and compute their SHA-256: the work of a shard.

What is read is a regular file of the data, also where names are exchanged for links, FIFOs and
other things meanwhile: folders and files are opened one below the other without following links
or waiting, and what was opened is looked at. A file that is not the same after reading as before
is read once again, and reported where it changes again.
"""

from __future__ import annotations

import errno
import os
import time
from array import array
from contextlib import suppress
from hashlib import sha256
from itertools import groupby, takewhile
from stat import S_IROTH, S_ISDIR, S_ISFIFO, S_ISLNK, S_ISREG, S_ISSOCK
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.inventory.known_hashes import (
    DIGEST_LENGTH,
    UNKNOWN_STATUS,
    UNSETTLED,
    is_digest,
    status_key,
)
from huggingnersc.adapters.inventory.shard_result import Counts, NamedPaths, ShardResult
from huggingnersc.adapters.inventory.sorted_walk import FOLDER_FLAGS, DataRoot, open_root
from huggingnersc.domain.text.terminal import visible
from huggingnersc.domain.versions.manifest import NOT_READ, UNREADABLE, escaped, unescaped

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LINK = b"link:"
NEVER_READ = b"\t-"  # ends a line of the work list
SETTLED_NS = 2_000_000_000  # a change after this time shows in the times of a file
_SMALL_BYTES = 1 << 16  # smaller files are read at once
# Two processes at a time read a third faster in pieces that stay in the second-level cache; from
# 128 KiB on the time in the system triples (benchmarks/README.md).
_PIECE_BYTES = 1 << 16
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
# What is said of a name that is no longer that of the regular file that was listed.
_REPLACED = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENXIO}


class FileChangedError(Exception):
    """A file is not what it was; the sentence says how."""


def hash_shard(arguments: Mapping[str, Any], items: bytes) -> bytes:
    """Return the encoded `ShardResult` of these files.

    Args:
        arguments: `root`, the path of the data.
        items: the lines of the work list, see `plan_shards`.

    Raises:
        OSError: the root cannot be opened.
    """
    with open_root(arguments["root"]) as root:
        shard = _Shard(root)
        try:
            shard.add_all(items)
        finally:
            shard.close()
    return shard.result().encoded()


def unreadable(error: OSError) -> bytes:
    """Return what stands in an item in place of a digest, with the reason."""
    return b"%b:%b" % (UNREADABLE, _reason(error).encode())


class _Shard:
    """The files of a shard that are done, and the open folder of the latest one."""

    def __init__(self, root: DataRoot) -> None:
        self._only = root.only
        self._folders = _Folders(root.descriptor)
        self._settled_ns = time.time_ns() - SETTLED_NS
        self._counts = Counts()
        self._manifest: list[bytes] = []
        self._known: list[bytes] = []

    def close(self) -> None:
        self._folders.close()

    def result(self) -> ShardResult:
        """Return what is known of all files; those that were read are counted here."""
        self._counts.files += self._counts.hashed_files
        self._counts.size_bytes += self._counts.hashed_bytes
        return ShardResult(self._counts, b"".join(self._manifest), b"".join(self._known))

    def add_all(self, items: bytes) -> None:
        """Add the files of these lines, and read those that are to be read.

        Nearly all time is spent on small files and on unchanged ones. What is measured decides
        how their loops are written; whatever is not as expected there is left to `_add`.
        """
        for is_listed, lines in groupby(items.splitlines(), lambda line: b"\t" in line):
            if is_listed:
                self._add_known(lines)
            else:
                self._add_small(lines)

    def _add_small(self, paths: Iterable[bytes]) -> None:
        """Read and add files; those that are small and did not change lately are read at once.

        One look at such a file is enough: a change since the shard was begun would show in its
        time.
        """
        folders, only, settled_ns = self._folders, self._only, self._settled_ns
        add_entry, add_known, sizes = self._manifest.append, self._known.append, array("H")
        buffer = memoryview(bytearray(_SMALL_BYTES))
        buffers = (buffer,)
        for path in paths:
            folder, _, name = path.rpartition(b"/")
            try:
                if folder != folders.path:
                    folders.move_to(folder)
                name = only or (unescaped(name) if b"\\" in name else name)
                count, status = _read_small(name, folders.descriptor, buffers)
            except OSError:
                self._add(path)
                continue
            size_bytes, changed_ns, mode = status.st_size, status.st_ctime_ns, status.st_mode
            is_whole = count == size_bytes < _SMALL_BYTES and S_ISREG(mode)
            if not is_whole or changed_ns >= settled_ns:
                self._add(path)
                continue
            digest = sha256(buffer[:count]).hexdigest().encode()
            about = b"\t%d\t%d" % (size_bytes, status.st_mtime_ns)
            add_entry(b"%b\t%b%b\n" % (path, digest, about))
            columns = path, about, changed_ns, status.st_ino, digest
            add_known(b"%b%b\t%d\t%d\t%b\n" % columns)
            sizes.append(size_bytes)
            if not mode & S_IROTH:
                self._note_closed(path, status)
        self._counts.hashed_files += len(sizes)
        self._counts.hashed_bytes += sum(sizes)

    def _add_known(self, lines: Iterable[bytes]) -> None:
        """Add paths of which something is known; unchanged files with their known hashes."""
        folders, only = self._folders, self._only
        add_entry, add_known, sizes = self._manifest.append, self._known.append, array("q")
        for line in lines:
            path = line[: line.index(b"\t")]
            folder, _, name = path.rpartition(b"/")
            try:
                if folder != folders.path:
                    folders.move_to(folder)
                name = only or (unescaped(name) if b"\\" in name else name)
                status = os.stat(name, dir_fd=folders.descriptor, follow_symlinks=False)
            except OSError:
                self._add(line)
                continue
            known = line.removesuffix(NEVER_READ)
            key, digest = known[:-DIGEST_LENGTH], known[-DIGEST_LENGTH:]
            size_bytes, mtime_ns, mode = status.st_size, status.st_mtime_ns, status.st_mode
            numbers = size_bytes, mtime_ns, status.st_ctime_ns, status.st_ino
            is_same = key == b"%b\t%d\t%d\t%d\t%d\t" % (path, *numbers) and S_ISREG(mode)
            if not (is_same and is_digest(digest)):
                self._add(line)
                continue
            add_entry(b"%b\t%b\t%d\t%d\n" % (path, digest, size_bytes, mtime_ns))
            add_known(known + b"\n")
            sizes.append(size_bytes)
            if not mode & S_IROTH:
                self._note_closed(path, status)
        self._counts.files += len(sizes)
        self._counts.size_bytes += sum(sizes)
        self._counts.reused_files += len(sizes)

    def _add(self, line: bytes) -> None:
        path, tab, about = line.partition(b"\t")
        try:
            if not tab:
                self._read(path)
            elif about.startswith(UNREADABLE):
                self._add_unreadable(path, about.partition(b":")[2].decode())
            else:
                self._look(path, line)
        except FileChangedError as error:
            _note(self._counts.changed, path, str(error))
        except OSError as error:
            if error.errno in _REPLACED:
                _note(self._counts.changed, path, _reason(error))
            else:
                self._add_unreadable(path, _reason(error))

    def _read(self, path: bytes) -> None:
        digest, status = _steady_digest(*self._located(path))
        self._counts.hashed_files += 1
        self._counts.hashed_bytes += status.st_size
        mark = b"" if status.st_ctime_ns < self._settled_ns else UNSETTLED
        self._add_file(status_key(path, status) + mark, path, digest, status)

    def _look(self, path: bytes, line: bytes) -> None:
        """Add what a path is now; read a file that has changed."""
        folder, name = self._located(path)
        status = os.stat(name, dir_fd=folder, follow_symlinks=False)
        mode, key = status.st_mode, status_key(path, status)
        if not S_ISREG(mode):
            self._add_special(key, _kind(mode, name, folder), status)
            return
        if line.endswith(NEVER_READ):
            self._counts.files += 1
            self._counts.size_bytes += status.st_size
            self._add_file(key, path, NOT_READ, status)
        else:
            self._read(path)

    def _located(self, path: bytes) -> tuple[int, bytes]:
        """Return the open folder of a file, and its name there."""
        folder, _, name = path.rpartition(b"/")
        if self._only:
            return self._folders.descriptor, self._only
        if folder != self._folders.path:
            self._folders.move_to(folder)
        return self._folders.descriptor, unescaped(name) if b"\\" in name else name

    def _add_file(self, key: bytes, path: bytes, digest: bytes, status: os.stat_result) -> None:
        self._note_closed(path, status)
        about = status.st_size, status.st_mtime_ns
        self._manifest.append(b"%b\t%b\t%d\t%d\n" % (path, digest, *about))
        self._known.append(b"%b%b\n" % (key, digest))

    def _add_special(self, key: bytes, kind: bytes, status: os.stat_result) -> None:
        if kind.startswith(LINK):
            self._counts.links += 1
        else:
            self._counts.others += 1
        numbers = kind, status.st_size, status.st_mtime_ns
        self._manifest.append(b"%b\t%b\t%d\t%d\n" % (key.partition(b"\t")[0], *numbers))
        self._known.append(b"%b%b\n" % (key, kind))

    def _add_unreadable(self, path: bytes, reason: str) -> None:
        """Add a file or folder that cannot be read, with its status as far as there is one."""
        _note(self._counts.unreadable, path, reason)
        key = UNKNOWN_STATUS % path
        with suppress(OSError):
            folder, name = self._located(path.removesuffix(b"/"))
            status = os.stat(name, dir_fd=folder, follow_symlinks=False)
            key = status_key(path, status)
            self._note_closed(path, status)
        _, size, mtime, _ = key.split(b"\t", 3)
        self._manifest.append(b"%b\t%b\t%b\t%b\n" % (path, UNREADABLE, size, mtime))
        self._known.append(b"%b%b\n" % (key, UNREADABLE))

    def _note_closed(self, path: bytes, status: os.stat_result) -> None:
        if not (status.st_mode & S_IROTH or self._counts.closed):
            self._counts.closed = path.decode()


class _Folders:
    """The open folders on the way from the root to a folder; no link is followed."""

    def __init__(self, root: int) -> None:
        self.path = b""
        self._names: list[bytes] = []
        self.descriptor = root
        self._descriptors = [root]

    def move_to(self, path: bytes) -> None:
        """Open the folder of an escaped path; the folders that both have in common stay open."""
        names = path.split(b"/") if path else []
        pairs = zip(self._names, names, strict=False)
        common = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        self.path = b"\n"  # no path, until all are open
        self._close_below(common)
        for name in names[common:]:
            plain = unescaped(name) if b"\\" in name else name
            self.descriptor = os.open(plain, FOLDER_FLAGS, dir_fd=self.descriptor)
            self._descriptors.append(self.descriptor)
            self._names.append(name)
        self.path = path

    def close(self) -> None:
        self._close_below(0)

    def _close_below(self, depth: int) -> None:
        del self._names[depth:]
        while len(self._descriptors) > depth + 1:
            os.close(self._descriptors.pop())
        self.descriptor = self._descriptors[-1]


def _read_small(
    name: bytes, folder: int, buffers: tuple[memoryview, ...]
) -> tuple[int, os.stat_result]:
    """Read the beginning of a file; return how many bytes there are, and its status after that."""
    file = os.open(name, _FLAGS, dir_fd=folder)
    try:
        return os.readv(file, buffers), os.fstat(file)
    finally:
        os.close(file)


def _steady_digest(folder: int, name: bytes) -> tuple[bytes, os.stat_result]:
    """Return the digest of a file that does not change while it is read, at the second attempt."""
    for _ in range(2):
        file = os.open(name, _FLAGS, dir_fd=folder)
        try:
            before = os.fstat(file)
            if not S_ISREG(before.st_mode):
                raise FileChangedError("it is no longer a regular file")
            os.set_blocking(file, True)
            size_bytes, digest = _digest(file, before.st_size)
            after = os.fstat(file)
        finally:
            os.close(file)
        if status_key(b"", before) == status_key(b"", after) and size_bytes == after.st_size:
            return digest, after
    raise FileChangedError("it changed while it was read, twice")


def _digest(file: int, stated_bytes: int) -> tuple[int, bytes]:
    """Return the size and the SHA-256 of an open file; one that grows is not read to its end."""
    computed, size_bytes = sha256(), 0
    buffer = memoryview(bytearray(min(stated_bytes + 1, _PIECE_BYTES)))
    while size_bytes <= stated_bytes and (count := os.readv(file, (buffer,))):
        computed.update(buffer[:count])
        size_bytes += count
    return size_bytes, computed.hexdigest().encode()


def _kind(mode: int, name: bytes, folder: int) -> bytes:
    """Return what stands in place of the digest of what is no regular file."""
    if S_ISLNK(mode):
        return LINK + escaped(os.readlink(name, dir_fd=folder))
    if S_ISFIFO(mode):
        return b"fifo"
    if S_ISSOCK(mode):
        return b"socket"
    if S_ISDIR(mode):
        raise FileChangedError("it is a folder now")
    return b"device"


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__


def _note(paths: NamedPaths, path: bytes, reason: str) -> None:
    paths.add(f"{visible(path.decode())}: {visible(reason)}")
