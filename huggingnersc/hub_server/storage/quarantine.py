"""Pushed objects outside of their repository until every check has passed, as in git."""

from __future__ import annotations

import mmap
import os
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dulwich.object_format import DEFAULT_OBJECT_FORMAT
from dulwich.objects import RawObjectID, ShaFile
from dulwich.pack import Pack, extend_pack, write_pack_index_v2

from huggingnersc.hub_server.storage.durable import sync_folders
from huggingnersc.hub_server.storage.errors import PushRefusedError
from huggingnersc.hub_server.storage.objects import (
    PACK_FROM,
    BlobHead,
    Objects,
    TreeItem,
    TreeShape,
)
from huggingnersc.hub_server.storage.pack_entries import ID_BYTES, KINDS
from huggingnersc.hub_server.storage.pack_scan import PackScan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from typing import BinaryIO

_PIECE = 1 << 20
_MODE = 0o444
_LOOSE_BYTES = 64 << 20
_LEAST_BYTES = 32  # of a pack without objects
_NUMBERS = {name: number for number, name in KINDS.items()}


class QuarantinedObjects(Objects):
    """The objects of a repository together with those of a push that is not part of it yet."""

    def __init__(self, below: Objects, pack: Path, heads: Mapping[str, BlobHead]) -> None:
        super().__init__(below.folder, below.limits)
        self._below = below
        self._path = pack
        self._heads_pushed = heads
        self._pack = Pack(str(pack.with_suffix("")), object_format=DEFAULT_OBJECT_FORMAT)

    def migrate(self) -> None:
        """Put the objects into the repository, durably: a small pack one by one, as git does.

        A repository keeps every pack of it open, so that a thousand small pushes would leave no
        file to open.
        """
        size_bytes = sum(head.size_bytes for head in self._heads_pushed.values())
        if len(self._pack) < PACK_FROM and size_bytes <= _LOOSE_BYTES:
            self._below.add(
                [ShaFile.from_raw_string(*self._pack.get_raw(oid)) for oid in self._pack]
            )
        else:
            self._move_pack()
        self._below.remember(self._heads_pushed)

    def _move_pack(self) -> None:
        name = f"pack-{self._pack.get_stored_checksum().hex()}"
        folder = self.folder / "objects" / "pack"
        for suffix in (".pack", ".idx"):  # a pack without an index is not there yet
            self._path.with_suffix(suffix).replace(folder / (name + suffix))
        sync_folders([folder])

    def close(self) -> None:
        """Close the pack."""
        super().close()
        self._pack.close()

    def read(self, oid: str) -> tuple[bytes, bytes]:
        """Return the kind and content of an object. Raises: ObjectDamagedError."""
        if not self._is_pushed(oid):
            return self._below.read(oid)
        number, data = self._pack.get_raw(RawObjectID(bytes.fromhex(oid)))
        return KINDS[number], data

    def blob_head(self, oid: str) -> BlobHead:
        """Return the size of a blob and the pointer in it. Raises: ObjectDamagedError."""
        return self._heads_pushed.get(oid) or self._below.blob_head(oid)

    def tree(self, oid: str) -> Mapping[str, TreeItem]:
        """Return the items of a tree. Raises: ObjectDamagedError."""
        return super().tree(oid) if self._is_pushed(oid) else self._below.tree(oid)

    def shape(self, tree: str, levels: int | None = None) -> TreeShape:
        """Return how much a tree holds. Raises: TreeTooLargeError."""
        if self._is_pushed(tree):
            return super().shape(tree, levels)
        return self._below.shape(tree, levels)

    def _is_pushed(self, oid: str) -> bool:
        return RawObjectID(bytes.fromhex(oid)) in self._pack


@contextmanager
def quarantined(
    read: Callable[[int], bytes], objects: Objects, folder: Path
) -> Iterator[QuarantinedObjects]:
    """Examine a pack and hold it for the block, in which it may be moved into its repository.

    Args:
        read: returns the next bytes of the pack, at most so many; `b""` at its end.
        objects: the objects of the repository.
        folder: where the pack is held, on the file system of the repository.

    Raises:
        PushRefusedError: it is damaged, over a limit, or against git's rules.
    """
    path = folder / f"{uuid.uuid4().hex}.pack"
    try:
        with path.open("x+b") as stream:
            while piece := read(_PIECE):
                stream.write(piece)
            heads = _examine(stream, path, objects)
        pushed = QuarantinedObjects(objects, path, heads)
        try:
            yield pushed
        finally:
            pushed.close()
    finally:
        path.unlink(missing_ok=True)
        path.with_suffix(".idx").unlink(missing_ok=True)


def scan_pack(stream: BinaryIO, objects: Objects) -> PackScan:
    """Return what is in a pack file. Raises: PushRefusedError."""
    if os.fstat(stream.fileno()).st_size < _LEAST_BYTES:
        raise PushRefusedError("This is not a pack")
    with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        scan = PackScan(data, objects.limits, lambda oid: _raw(objects, oid))
        scan.run()
        return scan


def _examine(stream: BinaryIO, path: Path, objects: Objects) -> Mapping[str, BlobHead]:
    stream.flush()
    scan = scan_pack(stream, objects)
    index = [(entry.oid, entry.offset, entry.checksum) for entry in scan.entries]
    if scan.borrowed:  # a thin pack: the objects that its deltas change are added
        index += _extend(stream, scan.borrowed, objects)
    _sync(stream)
    stream.seek(-ID_BYTES, os.SEEK_END)
    with path.with_suffix(".idx").open("xb") as index_file:
        write_pack_index_v2(index_file, sorted(index), stream.read(ID_BYTES))
        _sync(index_file)
    return scan.heads


def _extend(
    stream: BinaryIO, oids: list[bytes], objects: Objects
) -> list[tuple[RawObjectID, int, int]]:
    _, added = extend_pack(
        stream,
        {RawObjectID(oid) for oid in oids},
        get_raw=lambda oid: _raw(objects, oid),
        object_format=DEFAULT_OBJECT_FORMAT,
    )
    return added


def _raw(objects: Objects, oid: bytes) -> tuple[int, bytes]:
    kind, content = objects.read(oid.hex())
    return _NUMBERS[kind], content


def _sync(stream: BinaryIO) -> None:
    stream.flush()
    os.fchmod(stream.fileno(), _MODE)
    os.fsync(stream.fileno())
