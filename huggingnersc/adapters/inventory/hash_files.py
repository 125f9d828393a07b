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
from hashlib import sha256
from itertools import takewhile
from stat import S_ISREG
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.inventory.known_hashes import UNSETTLED, status_key
from huggingnersc.adapters.inventory.shard_result import Counts, NamedPaths, ShardResult
from huggingnersc.adapters.inventory.sorted_walk import (
    FOLDER_FLAGS,
    LINK,
    OTHERS,
    DataRoot,
    open_root,
)
from huggingnersc.domain.text.terminal import visible
from huggingnersc.domain.versions.manifest import UNREADABLE, unescaped

if TYPE_CHECKING:
    from collections.abc import Mapping

NOT_READ = b"-"  # in place of the digest of a regular file that is not to be read
GONE = b"gone"  # in place of the digest of a name that was listed and is not there
SETTLED_NS = 2_000_000_000  # a change after this time shows in the times of a file
_SMALL_BYTES = 1 << 20  # files up to this size are read at once
_PIECE_BYTES = 1 << 20
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
# What opening says of a name that is no longer the regular file that was listed.
_REPLACED = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENXIO}


class FileChangedError(Exception):
    """A file is not what it was; the sentence says how."""


def hash_shard(arguments: Mapping[str, Any], items: bytes) -> bytes:
    """Return the encoded `ShardResult` of these files.

    Args:
        arguments: `root`, the path of the data.
        items: lines of known hashes; a file without a digest is read.

    Raises:
        OSError: the root cannot be opened.
    """
    with open_root(arguments["root"]) as root:
        shard = _Shard(root)
        try:
            for line in items.splitlines():
                shard.add(line)
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
        self._unsettled_ns = time.time_ns() - SETTLED_NS
        self._counts = Counts()
        self._manifest: list[bytes] = []
        self._known: list[bytes] = []

    def close(self) -> None:
        self._folders.close()

    def result(self) -> ShardResult:
        return ShardResult(self._counts, b"".join(self._manifest), b"".join(self._known))

    def add(self, line: bytes) -> None:
        key, _, digest = line.rpartition(b"\t")
        if digest:
            self._add_listed(key, digest)
            return
        try:
            read = self._read(line)
        except FileChangedError as error:
            self._note(self._counts.changed, line, str(error))
        except OSError as error:
            if error.errno in _REPLACED:
                self._note(self._counts.changed, line, _reason(error))
            else:
                self._add_listed(key, unreadable(error))
        else:
            self._add_read(*read)

    def _read(self, line: bytes) -> tuple[bytes, bytes]:
        """Return the digest of the file of an item, and its `status_key`.

        Raises:
            OSError: it cannot be read.
            FileChangedError: it is no regular file, or it changes all the time.
        """
        path, size, _ = line.split(b"\t", 2)
        folder, name = self._located(path)
        if int(size) <= _SMALL_BYTES:
            content, status = _content(name, folder, int(size) + 1)
            if status_key(path, status) == line and len(content) == status.st_size:
                return line, sha256(content).hexdigest().encode()
        digest, status = _steady_digest(name, folder)
        return status_key(path, status), digest

    def _located(self, path: bytes) -> tuple[int, bytes]:
        """Return the open folder of a file, and its name there."""
        folder, _, name = path.rpartition(b"/")
        if self._only:
            return self._folders.descriptor, self._only
        if folder != self._folders.path:
            self._folders.move_to(folder)
        return self._folders.descriptor, unescaped(name) if b"\\" in name else name

    def _add_read(self, key: bytes, digest: bytes) -> None:
        path, size, mtime, changed_at, _ = key.split(b"\t", 4)
        counts, size_bytes = self._counts, int(size)
        counts.files += 1
        counts.hashed_files += 1
        counts.size_bytes += size_bytes
        counts.hashed_bytes += size_bytes
        mark = UNSETTLED if int(changed_at) > self._unsettled_ns else b""
        self._manifest.append(b"%b\t%b\t%b\t%b\n" % (path, digest, size, mtime))
        self._known.append(b"%b%b%b\n" % (key, mark, digest))

    def _add_listed(self, key: bytes, digest: bytes) -> None:
        """Add what is not to be read, or cannot be."""
        kind, _, reason = digest.partition(b":")
        counts = self._counts
        if kind == GONE:
            self._note(counts.changed, key, "it is gone")
            return
        path, size, mtime, _ = key.split(b"\t", 3)
        if kind == UNREADABLE:
            self._note(counts.unreadable, key, reason.decode())
            digest = UNREADABLE
        elif kind == LINK:
            counts.links += 1
        elif kind in OTHERS:
            counts.others += 1
        else:
            counts.files += 1
            counts.size_bytes += int(size)
            counts.reused_files += digest != NOT_READ
        self._manifest.append(b"%b\t%b\t%b\t%b\n" % (path, digest, size, mtime))
        self._known.append(b"%b\t%b\n" % (key, digest))

    def _note(self, paths: NamedPaths, line: bytes, reason: str) -> None:
        paths.add(f"{visible(line.partition(b'	')[0].decode())}: {visible(reason)}")


class _Folders:
    """The open folders on the way from the root to a folder; no link is followed."""

    def __init__(self, root: int) -> None:
        self.path = b""
        self._names: list[bytes] = []
        self._descriptors = [root]

    @property
    def descriptor(self) -> int:
        return self._descriptors[-1]

    def move_to(self, path: bytes) -> None:
        """Open the folder of an escaped path; the folders that both have in common stay open."""
        names = path.split(b"/") if path else []
        pairs = zip(self._names, names, strict=False)
        common = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        self.path = b"\n"  # no path, until all are open
        self._close_below(common)
        for name in names[common:]:
            plain = unescaped(name) if b"\\" in name else name
            self._descriptors.append(os.open(plain, FOLDER_FLAGS, dir_fd=self.descriptor))
            self._names.append(name)
        self.path = path

    def close(self) -> None:
        self._close_below(0)

    def _close_below(self, depth: int) -> None:
        del self._names[depth:]
        while len(self._descriptors) > depth + 1:
            os.close(self._descriptors.pop())


def _content(name: bytes, folder: int, most: int) -> tuple[bytes, os.stat_result]:
    """Return the first bytes of what was listed as a small file, and its status afterwards."""
    file = os.open(name, _FLAGS, dir_fd=folder)
    try:
        return os.read(file, most), os.fstat(file)
    finally:
        os.close(file)


def _steady_digest(name: bytes, folder: int) -> tuple[bytes, os.stat_result]:
    """Return the digest of a file that does not change while it is read, at the second attempt."""
    for _ in range(2):
        file = os.open(name, _FLAGS, dir_fd=folder)
        try:
            before = os.fstat(file)
            if not S_ISREG(before.st_mode):
                raise FileChangedError("it is no longer a regular file")
            os.set_blocking(file, True)
            size_bytes, digest = _digest(file)
            after = os.fstat(file)
        finally:
            os.close(file)
        if status_key(b"", before) == status_key(b"", after) and size_bytes == after.st_size:
            return digest, after
    raise FileChangedError("it changed while it was read, twice")


def _digest(file: int) -> tuple[int, bytes]:
    """Return the size and the SHA-256 of an open file."""
    computed, size_bytes = sha256(), 0
    buffer = memoryview(bytearray(_PIECE_BYTES))
    while count := os.readv(file, [buffer]):
        computed.update(buffer[:count])
        size_bytes += count
    return size_bytes, computed.hexdigest().encode()


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
