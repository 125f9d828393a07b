from __future__ import annotations

import io
import tarfile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from huggingnersc.domain.packing.tar_header import (
    BLOCK_BYTES,
    TAR_END,
    member_header,
    padding,
)

_part = st.binary(min_size=1, max_size=120).filter(
    lambda name: not {0, ord("/")} & {*name} and name not in {b".", b".."}
)
_names = st.lists(_part, min_size=1, max_size=4).map(b"/".join)


@given(_names, st.integers(0, 2000))
@example(b"a" * 100, 0)
@example(b"a" * 101, 1)
@example(b"p" * 155 + b"/" + b"n" * 100, 512)
@example(b"p" * 156 + b"/" + b"n" * 100, 513)
@example("é.png".encode(), 3)
@example(b"\xff\n\t.png", 3)
def test_the_tar_module_reads_every_name_and_size(name: bytes, size_bytes: int) -> None:
    content = b"x" * size_bytes
    archive = member_header(name, size_bytes) + content + bytes(padding(size_bytes)) + TAR_END
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        (member,) = tar.getmembers()
        assert member.name.encode("utf-8", "surrogateescape") == name
        file = tar.extractfile(member)
        assert file is not None
        assert file.read() == content
    assert (member.mode, member.uid, member.gid, member.mtime) == (0o644, 0, 0, 0)


@pytest.mark.parametrize(
    ("size_bytes", "blocks"), [(8**11 - 1, 1), (8**11, 3), (8**11 + 1, 3), (1 << 40, 3)]
)
def test_a_file_of_8_gib_or_more_has_its_size_in_a_pax_header(
    size_bytes: int, blocks: int
) -> None:
    header = member_header(b"large.bin", size_bytes)
    assert len(header) == blocks * BLOCK_BYTES
    with tarfile.open(fileobj=io.BytesIO(header)) as tar:
        member = tar.next()
    assert member is not None
    assert member.size == size_bytes


@pytest.mark.parametrize(
    ("name", "blocks"),
    [
        (b"n" * 100, 1),
        (b"p/" + b"n" * 100, 1),
        (b"p" * 155 + b"/" + b"n" * 100, 1),
        (b"/" + b"n" * 100, 3),
        (b"n" * 101, 3),
        ("é.png".encode(), 3),
    ],
)
def test_a_name_has_a_pax_header_only_where_it_needs_one(name: bytes, blocks: int) -> None:
    assert len(member_header(name, 0)) == blocks * BLOCK_BYTES


def test_the_encoding_of_a_name_is_stated_where_it_is_not_utf_8() -> None:
    assert b" hdrcharset=BINARY\n" in member_header(b"\xff.png", 0)
    assert b"hdrcharset" not in member_header("é.png".encode(), 0)
