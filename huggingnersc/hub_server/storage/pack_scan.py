"""Read a pack through once: which objects are in it, and whether they may be kept.

Sizes are checked before anything is unpacked, and files are hashed in pieces. Of what deltas make
only the last few are kept; what has to be made again counts as unpacked again.
"""

from __future__ import annotations

import hashlib
import zlib
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dulwich.errors import ApplyDeltaError
from dulwich.pack import apply_delta

from huggingnersc.hub_server.protocol.lfs_pointer import MAX_POINTER_BYTES, parse_pointer
from huggingnersc.hub_server.storage.errors import PushRefusedError
from huggingnersc.hub_server.storage.object_rules import object_problem
from huggingnersc.hub_server.storage.objects import BlobHead
from huggingnersc.hub_server.storage.pack_entries import (
    BLOB,
    ID_BYTES,
    KINDS,
    EntryHeader,
    inflate,
    read_header,
    read_size,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from mmap import mmap

    from huggingnersc.hub_server.storage.limits import GitLimits

_KEPT_BYTES = 32 << 20
_HEADER_BYTES = 12
_LEAST_ENTRY_BYTES = 9
_RECORD_COST = 4  # to read the entries of a tree takes longer than to hash a file
_SIZES_BYTES = 20  # the two sizes at the beginning of a delta end before


@dataclass(slots=True)
class PackEntry:
    """One object of a pack, or (with offset -1) one of the repository that a delta changes.

    Attributes:
        offset: where its entry begins.
        header: what the entry says.
        size_bytes: size of the object itself.
        kind: its kind; 0 for a delta whose base is not known yet.
        checksum: CRC-32 of the entry.
        base: what a delta changes.
        depth: how many deltas make it.
        oid: its id, 20 bytes.
    """

    offset: int
    header: EntryHeader
    size_bytes: int
    kind: int
    checksum: int = 0
    base: PackEntry | None = None
    depth: int = 0
    oid: bytes = b""


class PackScan:
    """A pack under examination.

    Attributes:
        entries: its objects.
        borrowed: ids of the objects of the repository that its deltas change.
        heads: its files, by id.
    """

    def __init__(
        self,
        data: bytes | mmap,
        limits: GitLimits,
        outside: Callable[[bytes], tuple[int, bytes]],
    ) -> None:
        self.entries: list[PackEntry] = []
        self.borrowed: list[bytes] = []
        self.heads: dict[str, BlobHead] = {}
        self._data = data
        self._limits = limits
        self._outside = outside
        self._left_bytes = limits.unpacked_from(len(data))
        self._waiting: dict[int | bytes, list[PackEntry]] = {}
        self._kept: OrderedDict[bytes, bytes] = OrderedDict()
        self._kept_bytes = 0

    def run(self) -> None:
        """Read everything.

        Raises:
            PushRefusedError: something is damaged, over a limit, or against git's rules.
        """
        try:
            self._read_entries()
        except IndexError as error:
            raise PushRefusedError("The pack ends within an object") from error
        for entry in [one for one in self.entries if one.kind]:
            self._follow(entry)
        for oid in [key for key in self._waiting if isinstance(key, bytes)]:
            if oid in self._waiting:  # else an earlier one of these led to it
                self._follow(self._borrow(oid))
        if self._waiting:
            raise PushRefusedError("The pack holds a delta without a base")
        if len({entry.oid for entry in self.entries}) < len(self.entries):
            raise PushRefusedError("The pack holds an object twice")

    def _read_entries(self) -> None:
        data, end = self._data, len(self._data) - ID_BYTES
        count = int.from_bytes(data[8:_HEADER_BYTES])
        if data[:8] not in {b"PACK\0\0\0\2", b"PACK\0\0\0\3"}:
            raise PushRefusedError("This is not a pack")
        if count > self._limits.objects:
            raise PushRefusedError(
                f"The push holds {count} objects, and this Hub takes {self._limits.objects} at "
                "once: push older commits first"
            )
        if count * _LEAST_ENTRY_BYTES > end:
            raise PushRefusedError("The pack holds fewer objects than it says")
        position = _HEADER_BYTES
        for _ in range(count):
            position = self._read_entry(position)
        if (
            position != end
            or hashlib.sha1(memoryview(data)[:end], usedforsecurity=False).digest() != data[end:]
        ):
            raise PushRefusedError("The pack does not match its checksum")

    def _read_entry(self, offset: int) -> int:
        header = read_header(self._data, offset)
        entry = PackEntry(offset, header, header.size_bytes, header.kind)
        end = self._read_whole(entry) if header.base is None else self._read_delta(entry)
        with memoryview(self._data) as data:  # no copy
            entry.checksum = zlib.crc32(data[offset:end])
        self.entries.append(entry)
        return end

    def _read_whole(self, entry: PackEntry) -> int:
        self._check_size(entry.kind, entry.size_bytes)
        self._spend(entry.size_bytes)
        if entry.kind == BLOB and entry.size_bytes > MAX_POINTER_BYTES:
            hashed = _hash(entry)
            end = inflate(self._data, entry.header.start, entry.size_bytes, hashed.update)
            self._identify(entry, hashed.digest(), b"")
            return end
        pieces: list[bytes] = []
        end = inflate(self._data, entry.header.start, entry.size_bytes, pieces.append)
        self._take(entry, b"".join(pieces))
        return end

    def _read_delta(self, entry: PackEntry) -> int:
        self._check_size(BLOB, entry.size_bytes)
        self._spend(entry.size_bytes)
        sizes = bytearray()
        end = inflate(
            self._data,
            entry.header.start,
            entry.size_bytes,
            lambda piece: sizes.extend(piece[: _SIZES_BYTES - len(sizes)]),
        )
        _, second = read_size(bytes(sizes), 0)
        entry.size_bytes, _ = read_size(bytes(sizes), second)
        self._check_size(BLOB, entry.size_bytes)
        entry.kind = 0
        if entry.header.base is not None:
            self._waiting.setdefault(entry.header.base, []).append(entry)
        return end

    def _follow(self, start: PackEntry) -> None:
        todo = [start]
        while todo:
            base = todo.pop()
            for entry in [*self._waiting.pop(base.offset, ()), *self._waiting.pop(base.oid, ())]:
                self._resolve(entry, base)
                todo.append(entry)

    def _resolve(self, entry: PackEntry, base: PackEntry) -> None:
        entry.base, entry.kind, entry.depth = base, base.kind, base.depth + 1
        if entry.depth > self._limits.delta_depth:
            raise PushRefusedError(
                f"The pack holds more than {self._limits.delta_depth} deltas of one object: "
                "push with `git -c pack.depth=50 push`"
            )
        self._check_size(entry.kind, entry.size_bytes)
        content = self._applied(entry, self._content(base))
        self._take(entry, content)
        if entry.offset in self._waiting or entry.oid in self._waiting:
            self._keep(entry, content)

    def _take(self, entry: PackEntry, content: bytes) -> None:
        if entry.kind != BLOB:
            self._spend(_RECORD_COST * len(content))
        hashed = _hash(entry)
        hashed.update(content)
        self._identify(entry, hashed.digest(), content)
        problem = object_problem(entry.kind, content)
        if problem is not None:
            kind = KINDS[entry.kind].decode()
            raise PushRefusedError(f"The {kind} {entry.oid.hex()} {problem}")

    def _identify(self, entry: PackEntry, oid: bytes, content: bytes) -> None:
        entry.oid = oid
        if entry.kind == BLOB:
            self.heads[oid.hex()] = BlobHead(entry.size_bytes, parse_pointer(content))

    def _borrow(self, oid: bytes) -> PackEntry:
        try:
            kind, content = self._outside(oid)
        except KeyError as error:
            raise PushRefusedError("The pack holds a delta without a base") from error
        self._spend(len(content))
        self.borrowed.append(oid)
        header = EntryHeader(kind, len(content), None, 0)
        entry = PackEntry(-1, header, len(content), kind, oid=oid)
        self._keep(entry, content)
        return entry

    def _content(self, entry: PackEntry) -> bytes:
        deltas, content, here = list[PackEntry](), self._kept.get(entry.oid), entry
        while content is None and here.base is not None:
            deltas.append(here)
            here = here.base
            content = self._kept.get(here.oid)
        if content is None:
            content = self._unpacked(here)
        for delta in reversed(deltas):
            content = self._applied(delta, content)
        self._keep(entry, content)
        return content

    def _applied(self, entry: PackEntry, base: bytes) -> bytes:
        self._spend(entry.size_bytes)
        try:
            return b"".join(apply_delta(base, self._unpacked(entry)))
        except ApplyDeltaError as error:
            raise PushRefusedError("The pack holds a delta that does not fit its base") from error

    def _unpacked(self, entry: PackEntry) -> bytes:
        self._spend(entry.header.size_bytes)
        if entry.offset < 0:
            return self._outside(entry.oid)[1]
        pieces: list[bytes] = []
        inflate(self._data, entry.header.start, entry.header.size_bytes, pieces.append)
        return b"".join(pieces)

    def _keep(self, entry: PackEntry, content: bytes) -> None:
        if entry.oid in self._kept:
            self._kept.move_to_end(entry.oid)
            return
        self._kept[entry.oid] = content
        self._kept_bytes += len(content)
        while self._kept_bytes > _KEPT_BYTES and self._kept:
            self._kept_bytes -= len(self._kept.popitem(last=False)[1])

    def _check_size(self, kind: int, size_bytes: int) -> None:
        if kind == BLOB and size_bytes > self._limits.blob_bytes:
            raise PushRefusedError(
                f"The push holds a file of {size_bytes} bytes, and this Hub takes "
                f"{self._limits.blob_bytes} in git: track it with git-lfs"
            )
        if kind != BLOB and size_bytes > self._limits.record_bytes:
            raise PushRefusedError(
                f"The push holds a folder (or message) of {size_bytes} bytes, and this Hub takes "
                f"{self._limits.record_bytes}: use more folders"
            )

    def _spend(self, size_bytes: int) -> None:
        self._left_bytes -= size_bytes
        if self._left_bytes < 0:
            raise PushRefusedError(
                "The push unpacks to more than this Hub takes at once: push older commits first, "
                "or track big files with git-lfs"
            )


def _hash(entry: PackEntry) -> hashlib._Hash:
    header = KINDS[entry.kind] + b" " + str(entry.size_bytes).encode() + b"\0"
    return hashlib.sha1(header, usedforsecurity=False)
