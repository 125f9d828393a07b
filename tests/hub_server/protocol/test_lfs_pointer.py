from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.hub_server.protocol.lfs_pointer import (
    LfsPointer,
    is_lfs_oid,
    parse_pointer,
    pointer_text,
)

OID = "0123456789abcdef" * 4


@given(st.integers(0, 10**17))
def test_a_pointer_comes_back_as_it_was(size: int) -> None:
    pointer = LfsPointer(OID, size)
    assert parse_pointer(pointer_text(pointer)) == pointer


@given(st.binary(max_size=2000))
def test_other_content_is_no_pointer(data: bytes) -> None:
    assert parse_pointer(data) is None


def test_only_a_sha256_in_lower_case_is_an_id() -> None:
    assert is_lfs_oid(OID)
    for wrong in (OID.upper(), OID[:-1], OID + "0", "../" + OID[3:], None, 5):
        assert not is_lfs_oid(wrong)
