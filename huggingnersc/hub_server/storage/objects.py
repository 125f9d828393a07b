"""Read and write the objects of one bare git repository.

Loose objects, the common case, are read here directly; packs through dulwich. Trees, commits and
the heads of blobs are remembered by object id: an id names its content, so nothing goes stale when
another process commits.
"""

from __future__ import annotations

import os
import threading
import zlib
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from dulwich.errors import ApplyDeltaError, FileFormatException
from dulwich.file import FileLocked
from dulwich.object_store import DiskObjectStore
from dulwich.objects import Commit as GitCommit
from dulwich.objects import ObjectID, ShaFile, Tag, parse_tree
from dulwich.pack import UnresolvedDeltas

from huggingnersc.hub_server.protocol.lfs_pointer import (
    MAX_POINTER_BYTES,
    LfsPointer,
    parse_pointer,
)
from huggingnersc.hub_server.protocol.repo_paths import MAX_PATH_BYTES
from huggingnersc.hub_server.storage.cache import Memory
from huggingnersc.hub_server.storage.durable import sync_folders
from huggingnersc.hub_server.storage.errors import ObjectDamagedError, TreeTooLargeError
from huggingnersc.hub_server.storage.limits import GitLimits
from huggingnersc.hub_server.storage.values import Commit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FOLDER_MODE = 0o040000
FILE_MODE = 0o100644
_KINDS = {1: b"commit", 2: b"tree", 3: b"blob", 4: b"tag"}
# What dulwich raises for what it cannot read.
_DAMAGED = (
    ApplyDeltaError,
    AssertionError,
    FileFormatException,
    IndexError,
    KeyError,
    UnresolvedDeltas,
    ValueError,
    zlib.error,
)
PACK_FROM = 24
_TREE_ITEMS = 60_000
_TREES_MEASURED = 100_000
_HEAD_READ = 16_384
_UNPACKED_BYTES = 1 << 20
"""So much of the files that were unpacked last is kept: who asks for a size reads next."""


@dataclass(frozen=True, slots=True)
class BlobHead:
    """The size of a blob, and the pointer in it when it is one."""

    size_bytes: int
    pointer: LfsPointer | None

    @property
    def content_bytes(self) -> int:
        """Return the size of what a download returns: the file behind a pointer."""
        return self.size_bytes if self.pointer is None else self.pointer.size_bytes


@dataclass(frozen=True, slots=True)
class TreeItem:
    """One line of a tree object; `mode` is git's."""

    mode: int
    oid: str

    @property
    def is_folder(self) -> bool:
        """True for a subtree."""
        return self.mode == FOLDER_MODE


@dataclass(frozen=True, slots=True)
class TreeShape:
    """How much a tree holds, each folder counted at every path where it appears.

    Attributes:
        paths: files and folders.
        depth: folders in one another, this one included.
        longest_bytes: length of the longest path.
    """

    paths: int
    depth: int
    longest_bytes: int


class Objects:
    """The object database under `folder/objects`; every method may be called from any thread."""

    def __init__(self, folder: Path, limits: GitLimits | None = None) -> None:
        self.limits = limits or GitLimits()
        self.folder = folder
        self._folder = folder / "objects"
        self._loose = f"{self._folder}{os.sep}"
        self.store = DiskObjectStore(self._folder, fsync_object_files=True)
        self._lock = threading.Lock()
        self._trees: Memory[str, Mapping[str, TreeItem]] = Memory(_TREE_ITEMS, weigh=len)
        self._commits: Memory[str, Commit] = Memory(4096)
        self._heads: Memory[str, BlobHead] = Memory(32_768)
        self._unpacked: Memory[str, bytes] = Memory(_UNPACKED_BYTES, weigh=len)
        self._peeled: Memory[str, str] = Memory(4096)
        self._shapes: Memory[str, TreeShape] = Memory(_TREES_MEASURED)
        self._sizes: Memory[str, int] = Memory(_TREES_MEASURED)

    def close(self) -> None:
        """Close open pack files."""
        with self._lock:
            self.store.close()

    def read(self, oid: str) -> tuple[bytes, bytes]:
        """Return the kind (`b"blob"`, ...) and content of an object.

        Raises:
            ObjectDamagedError: it is missing or cannot be read.
        """
        found = self._read_loose(oid)
        return self._read_packed(oid) if found is None else found

    def kind(self, oid: str) -> bytes | None:
        """Return the kind of an object, None when there is no such object here."""
        try:
            return self.read(oid)[0]
        except ObjectDamagedError:
            return None

    def is_commit(self, oid: str) -> bool:
        """Return whether there is a commit of this id; one that was read is not read again."""
        return self._commits.peek(oid) is not None or self.kind(oid) == b"commit"

    def blob(self, oid: str) -> bytes:
        """Return the whole content of a blob. Raises: ObjectDamagedError: no such blob."""
        kept = self._unpacked.peek(oid)
        return self._content(oid, b"blob") if kept is None else kept

    def blob_head(self, oid: str) -> BlobHead:
        """Return the size of a blob and the pointer in it, without unpacking a big one."""
        return self._heads.get(oid, lambda: self._read_blob_head(oid))

    def remember(self, heads: Mapping[str, BlobHead]) -> None:
        """Keep what is known of blobs that have been stored."""
        for oid, head in heads.items():
            self._heads.put(oid, head)

    def tree(self, oid: str) -> Mapping[str, TreeItem]:
        """Return the items of a tree by name, in git's order; submodules are left out."""
        return self._trees.get(oid, lambda: self._read_tree(oid))

    def check_tree(self, tree: str) -> None:
        """Raise TreeTooLargeError when the tree of a commit is over the limits."""
        shape, limits = self.shape(tree), self.limits
        if shape.paths > limits.paths:
            raise TreeTooLargeError(
                f"A commit holds {shape.paths} files and folders; this Hub takes {limits.paths}"
            )
        if shape.longest_bytes > MAX_PATH_BYTES:
            raise TreeTooLargeError(f"A commit holds a path over {MAX_PATH_BYTES} bytes")

    def shape(self, tree: str, levels: int | None = None) -> TreeShape:
        """Return how much a tree holds; each folder is read once, wherever it appears.

        Raises:
            TreeTooLargeError: it is deeper than `levels` (None: than the limits allow).
        """
        left = self.limits.tree_depth if levels is None else levels
        found = self._shapes.peek(tree)
        if left <= 0 or (found is not None and found.depth > left):
            raise TreeTooLargeError(f"A tree has more than {self.limits.tree_depth} levels")
        if found is None:
            found = self._find_shape(tree, left)
            self._shapes.put(tree, found)
        return found

    def size_bytes(self, tree: str) -> int:
        """Return the size of all files in a tree, as downloads return them.

        Raises:
            TreeTooLargeError: it is deeper than the limits allow.
        """
        self.shape(tree)
        return self._sizes.get(tree, lambda: self._sum_sizes(tree))

    def commit(self, sha: str) -> Commit:
        """Return a commit. Raises: ObjectDamagedError: no such commit in this repository."""
        return self._commits.get(sha, lambda: self._read_commit(sha))

    def peel(self, oid: str) -> str | None:
        """Follow annotated tags to the commit they name; None when there is none."""
        found = self._peeled.peek(oid)
        if found is None:
            found = self._peel(oid)
            if found is not None:
                self._peeled.put(oid, found)
        return found

    def _peel(self, oid: str) -> str | None:
        for _ in range(8):
            kind = self.kind(oid)
            if kind != b"tag":
                return oid if kind == b"commit" else None
            try:
                tag = ShaFile.from_raw_string(4, self.read(oid)[1])
                if not isinstance(tag, Tag):
                    return None
                oid = tag.object[1].decode("ascii")
            except _DAMAGED:
                return None
        return None

    def with_prefix(self, prefix: str) -> list[str]:
        """Return up to two object ids that begin with `prefix`."""
        found: list[str] = []
        with self._lock:
            for oid in self.store.iter_prefix(prefix.encode("ascii")):
                if oid.decode("ascii") not in found:
                    found.append(oid.decode("ascii"))
                if len(found) > 1:
                    break
        return found

    def add(self, objects: Sequence[ShaFile]) -> None:
        """Write objects and put them on disk for good before returning.

        A handful become loose files; many become one pack, which costs two syncs instead of one
        per object.
        """
        unique = list({item.id: item for item in objects}.values())
        if len(unique) >= PACK_FROM:
            with self._lock:
                self.store.add_objects([(item, None) for item in unique])
            sync_folders([self._folder / "pack"])
            return
        folders = {self._folder}
        for item in unique:
            self._add_loose(item)
            folders.add(self._folder / item.id[:2].decode("ascii"))
        sync_folders(folders)

    def _add_loose(self, item: ShaFile) -> None:
        try:
            self.store.add_object(item)
        except FileLocked as error:  # left by a killed server: the caller holds the repository
            Path(os.fsdecode(error.lockfilename)).unlink(missing_ok=True)
            self.store.add_object(item)

    def _find_shape(self, tree: str, levels: int) -> TreeShape:
        paths, depth, longest = 0, 1, 0
        for name, item in self.tree(tree).items():
            length = len(name.encode())
            if item.is_folder:
                inner = self.shape(item.oid, levels - 1)
                paths, depth = paths + inner.paths, max(depth, inner.depth + 1)
                length += inner.longest_bytes + 1 if inner.paths else 0
            paths, longest = paths + 1, max(longest, length)
        return TreeShape(paths, depth, longest)

    def _sum_sizes(self, tree: str) -> int:
        return sum(
            self._sizes.get(item.oid, partial(self._sum_sizes, item.oid))
            if item.is_folder
            else self.blob_head(item.oid).content_bytes
            for item in self.tree(tree).values()
        )

    def _content(self, oid: str, kind: bytes) -> bytes:
        found, data = self.read(oid)
        if found != kind:
            raise ObjectDamagedError(oid)
        return data

    def _read_packed(self, oid: str) -> tuple[bytes, bytes]:
        try:
            with self._lock:
                number, data = self.store.get_raw(ObjectID(oid.encode("ascii")))
            return _KINDS[number], data
        except _DAMAGED as error:
            raise ObjectDamagedError(oid) from error

    def _read_loose(self, oid: str) -> tuple[bytes, bytes] | None:
        try:
            with self._open_loose(oid) as stream:
                data = zlib.decompress(stream.read())
        except FileNotFoundError:
            return None
        except zlib.error as error:
            raise ObjectDamagedError(oid) from error
        header, _, content = data.partition(b"\0")
        return header.split(b" ", 1)[0], content

    def _open_loose(self, oid: str) -> BinaryIO:
        # Most objects of a pushed repository are not loose; a Path costs more than to learn that.
        return open(f"{self._loose}{oid[:2]}{os.sep}{oid[2:]}", "rb")  # noqa: PTH123

    def _read_blob_head(self, oid: str) -> BlobHead:
        try:
            with self._open_loose(oid) as stream:
                packed = stream.read(_HEAD_READ)
        except FileNotFoundError:
            kind, data = self._read_packed(oid)
            if kind != b"blob":
                raise ObjectDamagedError(oid) from None
            if len(data) < _UNPACKED_BYTES // 2:
                self._unpacked.put(oid, data)
            return BlobHead(len(data), parse_pointer(data))
        try:
            text = zlib.decompressobj().decompress(packed, MAX_POINTER_BYTES + 64)
            header, _, beginning = text.partition(b"\0")
            size = int(header.removeprefix(b"blob "))
        except (zlib.error, ValueError) as error:
            raise ObjectDamagedError(oid) from error
        return BlobHead(size, parse_pointer(beginning) if size == len(beginning) else None)

    def _read_tree(self, oid: str) -> Mapping[str, TreeItem]:
        try:
            return {
                name.decode("utf-8", "replace"): TreeItem(mode, sha.decode("ascii"))
                for name, mode, sha in parse_tree(self._content(oid, b"tree"), 20)
                if mode != 0o160000
            }
        except _DAMAGED as error:
            raise ObjectDamagedError(oid) from error

    def _read_commit(self, sha: str) -> Commit:
        try:
            made = ShaFile.from_raw_string(1, self._content(sha, b"commit"))
            if isinstance(made, GitCommit) and made.author is not None:
                return describe(made, sha)
        except _DAMAGED as error:
            raise ObjectDamagedError(sha) from error
        raise ObjectDamagedError(sha)


def describe(commit: GitCommit, sha: str) -> Commit:
    """Turn a git commit into the value the rest of the server reads."""
    text = commit.message.decode("utf-8", "replace")
    title, _, rest = text.strip("\n").partition("\n")
    author = commit.author.decode("utf-8", "replace").split(" <", 1)[0]
    return Commit(
        sha=sha,
        tree=commit.tree.decode("ascii"),
        parents=tuple(parent.decode("ascii") for parent in commit.parents),
        author=author,
        time_s=int(commit.commit_time),
        title=title,
        message=rest.strip("\n"),
    )
