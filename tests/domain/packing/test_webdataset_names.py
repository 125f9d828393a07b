from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from huggingnersc.domain.packing.grouping import (
    GroupKind,
    extension_of,
    key_function,
    parse_group_by,
)
from huggingnersc.domain.packing.pack import ShardForm
from huggingnersc.domain.packing.webdataset_names import MemberNames

# Files whose names begin with a dot are never packed.
_paths = st.lists(
    st.text("aB.é", min_size=1, max_size=8).filter(lambda name: name[0] != "."), min_size=1
).map(lambda parts: "/".join(parts).encode())


@pytest.mark.parametrize("kind", [GroupKind.FILE, GroupKind.STEM, GroupKind.FOLDER])
@given(path=_paths)
@example(path=b"a/scan.nii.gz")
@example(path=b"a/img.0001.PNG")
@example(path=b"a/README")
def test_a_member_is_named_by_its_key_and_its_extension(kind: GroupKind, path: bytes) -> None:
    key = key_function(parse_group_by(kind), ShardForm.WEBDATASET)(path)
    if key:
        expected = b"%b.%b" % (key, extension_of(kind, path))
        assert MemberNames(kind).of(key, path) == expected
