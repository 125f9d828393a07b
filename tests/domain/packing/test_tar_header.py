from __future__ import annotations

import io
import tarfile

from hypothesis import example, given
from hypothesis import strategies as st

from huggingnersc.domain.packing.tar_header import TAR_END, member_header, padding

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


def test_a_file_of_more_than_8_gib_has_its_size_in_a_pax_header() -> None:
    header = member_header(b"large.bin", 1 << 40)
    with tarfile.open(fileobj=io.BytesIO(header)) as tar:
        member = tar.next()
    assert member is not None
    assert member.size == 1 << 40
