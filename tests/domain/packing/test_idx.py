"""The header and the names of IDX files."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.domain.packing.features import IMAGE, list_of, value
from huggingnersc.domain.packing.idx import IdxPair, idx_pairs, parse_idx_header

_SIZES = {8: 1, 9: 1, 11: 2, 12: 4, 13: 4, 14: 8}


@given(
    code=st.sampled_from(sorted(_SIZES)),
    shape=st.lists(st.integers(1, 40), min_size=1, max_size=5),
    rest=st.binary(max_size=20),
)
def test_a_header_that_was_written_is_read(code: int, shape: list[int], rest: bytes) -> None:
    start = bytes((0, 0, code, len(shape))) + struct.pack(f">{len(shape)}I", *shape)
    header = parse_idx_header(start + rest)
    assert header.shape == tuple(shape)
    assert header.type.size_bytes == _SIZES[code]
    assert header.size_bytes == len(start)
    assert header.file_bytes - len(start) == header.records * header.record_bytes


@given(st.binary(max_size=40))
def test_other_bytes_are_a_header_or_refused(start: bytes) -> None:
    try:
        header = parse_idx_header(start)
    except ValueError:
        return
    assert start[:2] == b"\0\0"
    assert header.records > 0


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"\0\0\x08",
        b"\0\0\x07\x01\0\0\0\1",
        b"\0\0\x08\x00",
        b"\0\0\x08\x02\0\0\0\1",
        b"\0\0\x08\x01\0\0\0\0",
        b"\0\0\x0e\x03\0\0\0\1\xff\xff\xff\xff\xff\xff\xff\xff",
    ],
)
def test_a_header_that_is_cut_or_lies_is_refused(start: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_idx_header(start)


def test_bytes_in_two_dimensions_are_images_and_other_records_are_not() -> None:
    def feature(code: int, *shape: int) -> object:
        start = bytes((0, 0, code, len(shape))) + struct.pack(f">{len(shape)}I", *shape)
        return parse_idx_header(start).feature

    assert feature(8, 9, 28, 28) == IMAGE
    assert feature(8, 9, 28, 28, 3) == IMAGE
    assert feature(8, 9) == value("uint8")
    assert feature(13, 9, 2, 5) == list_of(list_of(value("float32"), 5), 2)


def test_images_are_paired_with_their_labels_and_splits_are_known() -> None:
    pairs, problems = idx_pairs(
        [
            "t10k-labels-idx1-ubyte.gz",
            "train-images-idx3-ubyte.gz",
            "train-labels-idx1-ubyte.gz",
            "t10k-images-idx3-ubyte.gz",
            "more/extra-data.idx2",
            "frame_idx3",
            "notes.idx1.txt",
            "readme.txt",
        ]
    )
    assert not problems
    assert pairs == [
        IdxPair("more/extra", "more/extra-data.idx2"),
        IdxPair("t10k", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"),
        IdxPair("train", "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"),
    ]
    assert [pair.split for pair in pairs] == ["", "test", "train"]


def test_a_second_file_of_the_same_part_is_a_problem() -> None:
    _pairs, problems = idx_pairs(["train-images-idx3-ubyte", "train-images-idx3-ubyte.gz"])
    assert [problem.where for problem in problems] == ["train-images-idx3-ubyte.gz"]
