from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.domain.packing.grouping import (
    GroupKind,
    extension_of,
    key_function,
    natural_order,
    parse_group_by,
)
from huggingnersc.domain.packing.pack import ShardForm


def _key(text: str, path: str, form: ShardForm = ShardForm.WEBDATASET) -> str | None:
    key = key_function(parse_group_by(text), form)(path.encode())
    return None if key is None else key.decode()


@pytest.mark.parametrize(
    ("group_by", "path", "key"),
    [
        ("stem", "a.b/c.png", "a.b/c"),
        ("stem", "img.0001.png", "img_0001"),
        ("stem", "scan.nii.gz", "scan"),
        ("stem", "README", "README"),
        ("folder", "cam/video.1/7.pgm", "cam/video_1"),
        ("folder:1", "cam/video/7.pgm", "cam"),
        ("folder:2", "cam/7.pgm", None),
        ("folder", "7.pgm", None),
        (r"subject-(\d+)/.*_(\w+)\.", "x/subject-7/run_a.png", "7/a"),
        (r"subject-(\d+)", "notes.png", None),
        (r"/run.*", "x/run/7.png", "run/7_png"),
        (r"([.][.]/)b", "a../b/7.png", None),
    ],
)
def test_files_have_the_key_of_their_sample(group_by: str, path: str, key: str | None) -> None:
    assert _key(group_by, path) == key


def test_rows_of_parquet_keep_the_names_of_their_files() -> None:
    assert _key("file", "a/img.0001.png", ShardForm.PARQUET) == "a/img.0001.png"
    assert _key("stem", "a/img.0001.nii.gz", ShardForm.PARQUET) == "a/img.0001"
    assert _key("folder", "cam/video.1/7.pgm", ShardForm.PARQUET) == "cam/video.1"


@pytest.mark.parametrize(
    ("kind", "path", "extension"),
    [
        (GroupKind.STEM, "a/B.C.JPG", "jpg"),
        (GroupKind.STEM, "scan.nii.gz", "nii.gz"),
        (GroupKind.STEM, "a.b/README", ""),
        (GroupKind.REGEX, "a.Seg.png", "seg.png"),
        (GroupKind.FOLDER, "cam/video/F7.pgm", "f7.pgm"),
    ],
)
def test_members_have_the_extension_of_their_file(
    kind: GroupKind, path: str, extension: str
) -> None:
    assert extension_of(kind, path.encode()).decode() == extension


@pytest.mark.parametrize("text", ["", "folder:0", "folder:x", "folder:", "folder:-1", "("])
def test_what_groups_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_group_by(text)


@given(st.lists(st.integers(0, 10**30), max_size=20))
def test_numbers_in_names_are_sorted_by_their_value(numbers: list[int]) -> None:
    paths = [f"f{number}.pgm".encode() for number in numbers]
    ordered = sorted(paths, key=natural_order)
    assert ordered == [f"f{number}.pgm".encode() for number in sorted(numbers)]
