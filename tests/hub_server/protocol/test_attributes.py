from __future__ import annotations

import pytest

from huggingnersc.hub_server.protocol.attributes import (
    default_attributes,
    goes_to_lfs,
    ignore_rule,
    lfs_rule,
)


@pytest.mark.parametrize(
    ("path", "lfs"),
    [("a.parquet", True), ("x/y/model.bin", True), ("a.csv", None), ("README.md", None),
     ("saved_model/a/b", True)],
)  # fmt: skip
def test_a_new_repository_sends_binary_formats_to_lfs(path: str, lfs: bool | None) -> None:
    assert lfs_rule(default_attributes(for_dataset=True).encode())(path) is lfs


def test_images_are_big_files_in_datasets_only() -> None:
    assert lfs_rule(default_attributes(for_dataset=True).encode())("a.png") is True
    assert lfs_rule(default_attributes(for_dataset=False).encode())("a.png") is None


def test_where_no_line_decides_size_and_content_do() -> None:
    assert goes_to_lfs(None, size_bytes=20_000_000, sample=b"text")
    assert goes_to_lfs(None, size_bytes=10, sample=b"a\0b")
    assert not goes_to_lfs(None, size_bytes=10, sample=b"text")
    assert not goes_to_lfs(False, size_bytes=20_000_000, sample=b"")


def test_ignored_files_follow_gitignore() -> None:
    ignored = ignore_rule(b"*.log\n!keep.log\nbuild/\n# note\n")
    assert ignored("a/b.log")
    assert ignored("build/x")
    assert not ignored("keep.log")
    assert not ignored("a.txt")


def test_patterns_made_to_be_slow_are_left_out() -> None:
    slow = b"*a" * 30 + b"b\n*.log\n"
    assert ignore_rule(slow)("x.log")
    assert not ignore_rule(slow)("a" * 1000)
