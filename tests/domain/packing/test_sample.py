from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.domain.packing.sample import (
    UNKNOWN,
    ListedPart,
    Sample,
    sample_line,
    samples_of,
)

_names = st.binary(min_size=1, max_size=20).filter(lambda name: b"\x00" not in name)
_parts = st.builds(
    ListedPart,
    path=_names,
    size_bytes=st.integers(0, 1 << 50),
    mtime_ns=st.integers(-(1 << 60), 1 << 62),
    digest=st.sampled_from([UNKNOWN, b"0a" * 32]),
    record=st.integers(-1, 1 << 40),
)
_samples = st.builds(Sample, key=_names, parts=st.lists(_parts, min_size=1, max_size=3).map(tuple))


@given(st.lists(_samples, max_size=4))
def test_samples_with_any_names_come_back_from_the_work_list(samples: list[Sample]) -> None:
    lines = b"".join(sample_line(one.key, one.parts) for one in samples)
    assert [*samples_of(lines.splitlines(keepends=True))] == samples


def test_a_line_that_is_cut_is_refused() -> None:
    with pytest.raises(ValueError, match=r"."):
        [*samples_of([b"key\tpath\t12\n"])]
