"""The work list of an inventory: the sorted walk, cut into shards.

A shard holds a line for each path, in the order of the manifest:

    path                                             read the file
    path size mtime ctime inode digest               read it if its status is another
    path size mtime ctime inode digest  -            as before, but never read it
    path -                                           never read it
    path ?                                           look what it is: no regular file
    path unreadable:REASON                           a folder that cannot be read

The columns are those of the known hashes. Files are mostly listed by name alone: whoever reads a
file looks at it. Some are looked at here, so that shards have about the same size.
"""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from stat import S_IROTH, S_IXOTH
from typing import TYPE_CHECKING
from zlib import crc32

from huggingnersc.adapters.files.path_status import resolved
from huggingnersc.adapters.inventory.hash_files import NEVER_READ, unreadable
from huggingnersc.adapters.inventory.known_hashes import KnownHashes
from huggingnersc.adapters.inventory.sorted_walk import (
    Files,
    Folder,
    Special,
    open_root,
    sorted_walk,
)
from huggingnersc.domain.text.terminal import visible
from huggingnersc.domain.versions.inventory_mode import Mode
from huggingnersc.errors import DataUnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from huggingnersc.adapters.engines.run_folder import RunFolder
    from huggingnersc.adapters.inventory.sorted_walk import DataRoot

# A shard is closed at the first of these. The share of what was listed before lets the shards of a
# huge tree grow, so that there are some thousands of them and not millions.
_LINES = 4_000
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


class _Lines:
    """The lines of regular files in the work list, asked for in the order of the walk."""

    def __init__(self, sources: Sources, salt: str) -> None:
        self._own = [KnownHashes(file) for file in sources.own]
        is_full = sources.mode is Mode.FULL
        self._known = [] if is_full else [KnownHashes(file) for file in sources.known]
        self._end = b"\n" if sources.mode in {Mode.REUSE, Mode.FULL} else NEVER_READ + b"\n"
        self._salt = crc32(salt.encode())  # so that each run chooses others
        share = sources.sample if sources.mode is Mode.SAMPLE else 0.0
        self._below = share * (1 << 32)

    def of(self, paths: list[bytes]) -> list[bytes]:
        """Return the lines of files."""
        end = self._end
        lines = [path + end for path in paths]
        for known in reversed(self._known):
            _replace(lines, known.lines(paths), end)
        if self._below:
            for number, path in enumerate(paths):
                if crc32(path, self._salt) < self._below:
                    lines[number] = path + b"\n"
        for own in reversed(self._own):
            _replace(lines, own.lines(paths), b"\n")
        return lines


def _replace(lines: list[bytes], known: Iterable[bytes], end: bytes) -> None:
    """Put known lines in place of those of the same paths."""
    for number, line in enumerate(known):
        if line:
            lines[number] = line + end


@dataclass(slots=True)
class ShardPlan:
    """The work list while it is made.

    Attributes:
        looked_at: for how many small files of a folder one is looked at.
        closed: the first folder that not everyone may list and enter, as it may be shown.
    """

    root: Path
    run: RunFolder
    sources: Sources
    looked_at: int
    closed: str = ""
    _lines: list[bytes] = field(default_factory=list)
    _bytes: int = 0
    _file_bytes: int = 0
    _listed: int = 0
    _listed_bytes: int = 0

    def shards(self) -> Iterator[int]:
        """Add shard after shard to the run and yield their numbers.

        Raises:
            DataUnreadableError: the root cannot be reached, opened or listed.
        """
        lines = _Lines(self.sources, self.run.spec.created_at)
        with self._opened() as root:
            for found in sorted_walk(root, self.run.path, looked_at=self.looked_at):
                match found:
                    case Files():
                        self._add(lines.of(found.paths()), found.status)
                    case Folder():
                        self._look(found)
                    case Special():
                        self._lines.append(found.path + b"\t?\n")
                if len(self._lines) >= _LINES or self._bytes >= _BYTES:
                    yield from self._cut_if_full()
        if self._lines:
            yield self._cut()

    def _add(self, lines: list[bytes], status: os.stat_result | None) -> None:
        """Add files; those that follow the first count as it does."""
        self._lines += lines
        if status:
            self._file_bytes = status.st_size
        self._bytes += self._file_bytes * sum(b"\t" not in line for line in lines)

    def _look(self, folder: Folder) -> None:
        about = folder.about
        if isinstance(about, OSError):
            self._lines.append(b"%b\t%b\n" % (folder.path, unreadable(about)))
        elif not self.closed and about.st_mode & _OPEN_FOLDER != _OPEN_FOLDER:
            self.closed = shown_path(self.root, folder.path)

    def _cut_if_full(self) -> Iterator[int]:
        lines = min(max(_LINES, self._listed // _SHARE), _MOST_LINES)
        size_bytes = min(max(_BYTES, self._listed_bytes // _SHARE), _MOST_BYTES)
        if len(self._lines) >= lines or self._bytes >= size_bytes:
            yield self._cut()

    def _cut(self) -> int:
        """Add a shard of the lines so far; return its number."""
        items = b"".join(self._lines)
        self._listed += len(self._lines)
        self._listed_bytes += self._bytes
        number = self.run.add_shard(items, files=len(self._lines), size_bytes=self._bytes)
        self._lines, self._bytes = [], 0
        return number

    @contextmanager
    def _opened(self) -> Iterator[DataRoot]:
        with ExitStack() as stack:
            try:
                self.closed = closed_parent(self.root)
                root = stack.enter_context(open_root(self.root))
                os.stat(root.only or ".", dir_fd=root.descriptor)
            except OSError as error:
                message = f"The data {shown_path(self.root)} cannot be read: {error.strerror}."
                raise DataUnreadableError(message) from error
            yield root


def closed_parent(root: Path) -> str:
    """Return the first folder above the root that not everyone may enter, as it may be shown."""
    absolute = root.absolute()
    for folder in (*reversed(absolute.parents), *reversed(resolved(absolute).parents)):
        if not folder.stat().st_mode & S_IXOTH:
            return visible(os.fspath(folder))
    return ""


def shown_path(root: Path, path: bytes = b"") -> str:
    """Return an escaped path below the root as it may be shown."""
    return visible(os.fspath(root / path.decode()))
