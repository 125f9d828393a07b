"""The entries of a git pack, read in pieces: nothing is unpacked before its size is known.

Format: https://git-scm.com/docs/gitformat-pack
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.hub_server.storage.errors import PushRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from mmap import mmap

COMMIT, TREE, BLOB, TAG, OFFSET_DELTA, ID_DELTA = 1, 2, 3, 4, 6, 7
KINDS = {COMMIT: b"commit", TREE: b"tree", BLOB: b"blob", TAG: b"tag"}
ID_BYTES = 20
_PIECE = 64 << 10
_MOST_DIGITS = 9  # of seven bits each: 2^63


@dataclass(frozen=True, slots=True)
class EntryHeader:
    """What an entry says of itself.

    Attributes:
        kind: one of the constants above.
        size_bytes: of the object, or of the delta.
        base: offset or id of the object that a delta changes, None for a whole object.
        start: where the compressed bytes begin.
    """

    kind: int
    size_bytes: int
    base: int | bytes | None
    start: int


def read_header(data: bytes | mmap, offset: int) -> EntryHeader:
    """Return the header of the entry at `offset`. Raises: PushRefusedError."""
    first = data[offset]
    kind, size, start = first >> 4 & 7, first & 15, offset + 1
    if first & 0x80:
        more, start = read_size(data, start)
        size |= more << 4
    if kind in KINDS:
        return EntryHeader(kind, size, None, start)
    if kind == ID_DELTA:
        return EntryHeader(kind, size, data[start : start + ID_BYTES], start + ID_BYTES)
    if kind == OFFSET_DELTA:
        back, start = _read_distance(data, start)
        if not 0 < back < offset:
            raise PushRefusedError("The pack holds a delta without a base")
        return EntryHeader(kind, size, offset - back, start)
    raise PushRefusedError(f"The pack holds an entry of the unknown kind {kind}")


def read_size(data: bytes | mmap, start: int) -> tuple[int, int]:
    """Return a number of seven bits a byte, the lowest first, and where it ends."""
    value = 0
    for digit in range(_MOST_DIGITS):
        byte = data[start + digit]
        value |= (byte & 0x7F) << 7 * digit
        if not byte & 0x80:
            return value, start + digit + 1
    raise PushRefusedError("The pack holds a size that no object has")


def inflate(
    data: bytes | mmap, start: int, size_bytes: int, take: Callable[[bytes], object]
) -> int:
    """Pass the `size_bytes` bytes compressed at `start` to `take` in pieces; return their end.

    Raises:
        PushRefusedError: there are more or fewer bytes, or they are damaged.
    """
    unpacking, left, position = zlib.decompressobj(), size_bytes, start
    step = min(size_bytes + 64, _PIECE)  # little is copied behind the end of a small entry
    while not unpacking.eof:
        packed = unpacking.unconsumed_tail
        if not packed:
            packed = data[position : position + step]
            position += len(packed)
        if not packed:
            raise PushRefusedError("The pack ends within an object")
        if position - start > 2 * size_bytes + _PIECE:
            raise PushRefusedError("The pack holds an object with padding")
        try:
            piece = unpacking.decompress(packed, min(left + 1, _PIECE))
        except zlib.error as error:
            raise PushRefusedError("The pack holds an object that cannot be unpacked") from error
        left -= len(piece)
        if left < 0:
            break
        if piece:
            take(piece)
    if left:
        raise PushRefusedError("The pack holds an object of another size than it says")
    return position - len(unpacking.unused_data)


def _read_distance(data: bytes | mmap, start: int) -> tuple[int, int]:
    value = data[start] & 0x7F
    for digit in range(_MOST_DIGITS):
        if not data[start + digit] & 0x80:
            return value, start + digit + 1
        value = (value + 1) << 7 | data[start + digit + 1] & 0x7F
    raise PushRefusedError("The pack holds a delta without a base")
