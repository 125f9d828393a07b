from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.hub_server.protocol.xet_shards import files_in_shard

END = b"\xff" * 32 + b"\0" * 16


def record(first: int, flags: int = 0, segments: int = 0) -> bytes:
    return struct.pack("<4Q2I8x", first, 2, 3, 4, flags, segments)


def test_files_with_a_sha256_are_found_and_others_skipped() -> None:
    named = record(1, (1 << 31) | (1 << 30), 2) + b"s" * 48 * 4 + record(9)
    unnamed = record(5, 0, 1) + b"s" * 48
    shard = b"h" * 48 + unnamed + named + END
    rest = "".join(f"{number:016x}" for number in (2, 3, 4))
    assert list(files_in_shard(shard)) == [(f"{9:016x}{rest}", f"{1:016x}{rest}")]


@given(st.binary(max_size=600))
def test_no_data_makes_the_reader_fail(data: bytes) -> None:
    assert len(list(files_in_shard(data))) < 20
