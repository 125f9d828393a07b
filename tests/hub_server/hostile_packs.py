"""Packs and pushes as no git writes them, byte for byte."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field
from hashlib import sha1
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.hub_server.wire import Answer, Wire

COMMIT, TREE, BLOB, TAG, OFFSET_DELTA, ID_DELTA = 1, 2, 3, 4, 6, 7
ZERO = "0" * 40
WHO = b"Eve <eve@localhost> 1700000000 +0000"
_NAMES = {COMMIT: b"commit", TREE: b"tree", BLOB: b"blob", TAG: b"tag"}


def object_id(kind: int, data: bytes) -> str:
    """Return git's id of an object."""
    header = _NAMES[kind] + b" " + str(len(data)).encode() + b"\0"
    return sha1(header + data, usedforsecurity=False).hexdigest()


@dataclass
class PackWriter:
    """A pack being written; nothing is checked.

    Attributes:
        entries: the entries, each with its header.
        offsets: where each begins.
    """

    entries: list[bytes] = field(default_factory=list)
    offsets: list[int] = field(default_factory=lambda: [12])

    def add(self, kind: int, data: bytes, *, says_bytes: int | None = None) -> str:
        """Add a whole object and return its id; `says_bytes` is the size in its header."""
        self.entry(kind, b"", data, len(data) if says_bytes is None else says_bytes)
        return object_id(kind, data)

    def blob(self, data: bytes) -> str:
        """Add a blob and return its id."""
        return self.add(BLOB, data)

    def tree(self, *items: tuple[str, bytes, str]) -> str:
        """Add a tree of (mode, name, id) exactly as given, and return its id."""
        return self.add(TREE, tree_bytes(*items))

    def commit(self, tree: str, *parents: str) -> str:
        """Add a commit and return its id."""
        lines = [b"tree " + tree.encode(), *(b"parent " + one.encode() for one in parents)]
        lines += [b"author " + WHO, b"committer " + WHO, b"", b"change", b""]
        return self.add(COMMIT, b"\n".join(lines))

    def delta(self, base: int, delta: bytes) -> int:
        """Add a delta against the entry with number `base`; return its own number."""
        back = self.offsets[len(self.entries)] - self.offsets[base]
        self.entry(OFFSET_DELTA, _offset(back), delta, len(delta))
        return len(self.entries) - 1

    def entry(self, kind: int, base: bytes, data: bytes, says_bytes: int) -> None:
        """Add an entry whose header says so many bytes."""
        made = _header(kind, says_bytes) + base + zlib.compress(data, 9)
        self.entries.append(made)
        self.offsets.append(self.offsets[-1] + len(made))

    def bytes(self, *, says_objects: int | None = None) -> bytes:
        """Return the pack with its checksum."""
        count = len(self.entries) if says_objects is None else says_objects
        body = b"PACK" + struct.pack(">LL", 2, count) + b"".join(self.entries)
        return body + sha1(body, usedforsecurity=False).digest()


def tree_bytes(*items: tuple[str, bytes, str]) -> bytes:
    """Return a tree of (mode, name, id) exactly as given."""
    return b"".join(
        mode.encode() + b" " + name + b"\0" + bytes.fromhex(oid) for mode, name, oid in items
    )


def copy_delta(source_bytes: int, copies: Sequence[tuple[int, int]], tail: bytes = b"") -> bytes:
    """Return a delta of copies (offset, size below 2^24) and up to 127 bytes of its own."""
    made = _size(source_bytes) + _size(sum(size for _, size in copies) + len(tail))
    for offset, size in copies:
        made += b"\xff" + struct.pack("<L", offset) + struct.pack("<L", size)[:3]
    return made + (bytes([len(tail)]) + tail if tail else b"")


def wide_trees(pack: PackWriter, levels: int, names: int) -> str:
    """Add a tree of `names` entries at each of `levels` levels, all the same; return its id."""
    oid, mode = pack.blob(b"x"), "100644"
    for _ in range(levels):
        oid = pack.tree(*((mode, b"%03d" % number, oid) for number in range(names)))
        mode = "40000"
    return oid


def growing_deltas(pack: PackWriter, depth: int, step_bytes: int) -> None:
    """Add a chain of deltas, each with a sibling so that every result is needed twice."""
    pack.blob(b"\0" * 65_536)
    copies = [(0, 65_536)] * (step_bytes // 65_536)
    base, size = 0, 65_536
    for number in range(depth):
        here = copies if not number else [(n << 20, 1 << 20) for n in range(step_bytes >> 20)]
        tail = b"%d" % number
        sibling = copy_delta(size, here[:1], tail)
        pack.delta(base, sibling)
        base = pack.delta(base, copy_delta(size, here, tail))
        size = sum(one for _, one in here) + len(tail)


def push(
    wire: Wire,
    pack: bytes,
    *moves: tuple[str, str, str],
    user: str = "ada",
    repo_id: str = "NERSC/iris",
) -> Answer:
    """Push a pack that moves refs (name, old id, new id)."""
    lines = [f"{old} {new} {ref}" for ref, old, new in moves]
    lines[0] += "\0report-status"
    text = b"".join(_line(line.encode()) for line in lines) + b"0000" + pack
    headers = {"Content-Type": "application/x-git-receive-pack-request"}
    path = f"/datasets/{repo_id}/git-receive-pack"
    return wire.ask("POST", path, text, user=user, headers=headers)


def _line(text: bytes) -> bytes:
    return b"%04x" % (len(text) + 4) + text


def _header(kind: int, size: int) -> bytes:
    byte, size = (kind << 4) | (size & 15), size >> 4
    made = bytearray()
    while size:
        made.append(byte | 0x80)
        byte, size = size & 0x7F, size >> 7
    made.append(byte)
    return bytes(made)


def _size(size: int) -> bytes:
    made = bytearray()
    while size > 0x7F:
        made.append(size & 0x7F | 0x80)
        size >>= 7
    made.append(size)
    return bytes(made)


def _offset(back: int) -> bytes:
    made = [back & 0x7F]
    while back := back >> 7:
        back -= 1
        made.append(back & 0x7F | 0x80)
    return bytes(reversed(made))
