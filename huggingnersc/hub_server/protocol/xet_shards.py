"""Find files by their sha256 in the shard files that hf_xet writes.

The form was found by reading such files (hf-xet 1.8): a header of 48 bytes, then one group of
48-byte records per file: what it is (hash, flags, number of segments), its segments, as many
verification records when flag 31 is set, and one record with the sha256 when flag 30 is set. A
record of 32 bytes 0xff ends the list. Hashes are four little-endian numbers.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

RECORD_BYTES = 48
_END = b"\xff" * 32
_WITH_VERIFICATION = 1 << 31
_WITH_METADATA = 1 << 30


def files_in_shard(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield (sha256, xet hash), both in hex, of every file of a shard that names its sha256.

    Stops quietly where the data is cut short or is no shard: what follows is checked by content.
    """
    position = RECORD_BYTES
    while position + RECORD_BYTES <= len(data):
        if data[position : position + 32] == _END:
            return
        flags, segments = struct.unpack_from("<II", data, position + 32)
        following = segments * (2 if flags & _WITH_VERIFICATION else 1)
        metadata = position + (1 + following) * RECORD_BYTES
        if flags & _WITH_METADATA:
            if metadata + RECORD_BYTES > len(data):
                return
            yield _hash(data, metadata), _hash(data, position)
            metadata += RECORD_BYTES
        position = metadata


def _hash(data: bytes, position: int) -> str:
    return "".join(f"{number:016x}" for number in struct.unpack_from("<4Q", data, position))
