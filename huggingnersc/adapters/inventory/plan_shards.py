"""The work list of an inventory: the sorted walk, cut into shards.

A shard holds lines of known hashes, one after the other as the walk found them. A file to be read
has no digest. A shard without such a file needs no work and is done as soon as it is listed.
"""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from stat import S_IROTH, S_ISDIR, S_IXOTH
from typing import TYPE_CHECKING
from zlib import crc32

from huggingnersc.adapters.files.path_status import resolved
from huggingnersc.adapters.inventory.hash_files import GONE, NOT_READ, hash_shard, unreadable
from huggingnersc.adapters.inventory.known_hashes import (
    UNKNOWN_STATUS,
    KnownHashes,
    status_key,
)
from huggingnersc.adapters.inventory.sorted_walk import FOLDER, open_root, sorted_walk
from huggingnersc.domain.text.terminal import visible
from huggingnersc.domain.versions.inventory_mode import Mode
from huggingnersc.errors import DataUnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from huggingnersc.adapters.engines.run_folder import RunFolder
    from huggingnersc.adapters.inventory.sorted_walk import DataRoot

# A shard is closed at the first of these. The share of what was listed before lets the shards of a
# huge tree grow, so that there are some thousands of them and not millions.
_LINES = 10_000
_MOST_LINES = 100_000
_BYTES = 256 << 20
_MOST_BYTES = 16 << 30
_SHARE = 512
_OPEN_FOLDER = S_IROTH | S_IXOTH


@dataclass(frozen=True, slots=True)
class Sources:
    """Where digests may be taken from.

    Attributes:
        mode: which files are read.
        sample: the share of the files that `Mode.SAMPLE` reads.
        own: known hashes of this run, from before it was interrupted; always used.
        known: those of earlier inventories.
    """

    mode: Mode
    sample: float = 1.0
    own: Sequence[Path] = ()
    known: Sequence[Path] = ()


class _Digests:
    """What stands in place of the digests of regular files, asked for in the order of the walk."""

    def __init__(self, sources: Sources, salt: str) -> None:
        self._own = [KnownHashes(file) for file in sources.own]
        self._known = [KnownHashes(file) for file in sources.known]
        self._unread = NOT_READ if sources.mode in {Mode.QUICK, Mode.SAMPLE} else b""
        self._salt = crc32(salt.encode())  # so that each run chooses others
        self._below = _share(sources) * (1 << 32)

    def of(self, path: bytes, key: bytes) -> bytes:
        """Return the known digest of a file, `NOT_READ`, or nothing if it is to be read."""
        for known in self._own:
            if digest := known.digest(key):
                return digest
        if self._below and crc32(path, self._salt) < self._below:
            return b""
        for known in self._known:
            if digest := known.digest(key):
                return digest
        return self._unread


def _share(sources: Sources) -> float:
    """Return the share of the files that are read although their digests may be known."""
    shares = {Mode.FULL: 1.0, Mode.SAMPLE: sources.sample}
    return shares.get(sources.mode, 0.0)


@dataclass(slots=True)
class ShardPlan:
    """The work list while it is made.

    Attributes:
        files: that are to be read, so far.
        size_bytes: their size.
        closed: the first path that not everyone may read, so far.
    """

    root: Path
    run: RunFolder
    sources: Sources
    files: int = 0
    size_bytes: int = 0
    closed: str = ""
    _lines: list[bytes] = field(default_factory=list)
    _files: int = 0
    _bytes: int = 0
    _listed: int = 0

    def shards(self) -> Iterator[int]:
        """Add shard after shard to the run and yield the numbers of those that need work.

        Raises:
            DataUnreadableError: the root cannot be reached, opened or listed.
        """
        digests = _Digests(self.sources, self.run.spec.created_at)
        with self._opened() as root:
            for path, status, digest in sorted_walk(root, self.run.path):
                if isinstance(status, OSError):
                    self._add_missing(path, status)
                    continue
                if not self.closed and _is_closed(status.st_mode):
                    self.closed = _shown(self.root, path)
                if digest == FOLDER:
                    continue
                key = status_key(path, status)
                self._add(key, digest or digests.of(path, key), status.st_size)
                if self._is_full:
                    yield from self._cut()
        if self._lines:
            yield from self._cut()

    @contextmanager
    def _opened(self) -> Iterator[DataRoot]:
        with ExitStack() as stack:
            try:
                self.closed = closed_parent(self.root)
                root = stack.enter_context(open_root(self.root))
                os.stat(root.only or ".", dir_fd=root.descriptor)
            except OSError as error:
                message = f"The data {_shown(self.root)} cannot be read: {error.strerror}."
                raise DataUnreadableError(message) from error
            yield root

    def _add_missing(self, path: bytes, error: OSError) -> None:
        digest = GONE if isinstance(error, FileNotFoundError) else unreadable(error)
        self._lines.append(UNKNOWN_STATUS % path + digest + b"\n")

    def _add(self, key: bytes, digest: bytes, size_bytes: int) -> None:
        self._lines.append(key + digest + b"\n")
        if not digest:
            self._files += 1
            self._bytes += size_bytes

    @property
    def _is_full(self) -> bool:
        if len(self._lines) < _LINES and self._bytes < _BYTES:
            return False
        lines = min(max(_LINES, self._listed // _SHARE), _MOST_LINES)
        size_bytes = min(max(_BYTES, self.size_bytes // _SHARE), _MOST_BYTES)
        return len(self._lines) >= lines or self._bytes >= size_bytes

    def _cut(self) -> Iterator[int]:
        """Add a shard of the lines so far; yield its number if there is something to read."""
        items = b"".join(self._lines)
        number = self.run.add_shard(items, files=self._files, size_bytes=self._bytes)
        if self._files:
            yield number
        elif not self.run.is_done(number):
            result = hash_shard({"root": os.fspath(self.root)}, items)
            self.run.put_result(number, result, items=items)
        self.files += self._files
        self.size_bytes += self._bytes
        self._listed += len(self._lines)
        self._lines, self._files, self._bytes = [], 0, 0


def closed_parent(root: Path) -> str:
    """Return the first folder above the root that not everyone may enter, as it may be shown."""
    absolute = root.absolute()
    for folder in (*reversed(absolute.parents), *reversed(resolved(absolute).parents)):
        if not folder.stat().st_mode & S_IXOTH:
            return visible(os.fspath(folder))
    return ""


def _is_closed(mode: int) -> bool:
    """Return whether others may not read a file, or not list and enter a folder."""
    needed = _OPEN_FOLDER if S_ISDIR(mode) else S_IROTH
    return mode & needed != needed


def _shown(root: Path, path: bytes = b"") -> str:
    return visible(os.fspath(root / path.decode()))
