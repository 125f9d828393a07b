from __future__ import annotations

import time

import pytest

from huggingnersc.hub_server.protocol.attributes import (
    MAX_RULES,
    RulesTooSlowError,
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


@pytest.mark.attack("expensive pages")
def test_few_stars_on_a_long_path_are_refused_and_not_tried() -> None:
    for stars in (4, 5, 6):
        pattern = b"*a" * stars + b"b"
        with pytest.raises(RulesTooSlowError):
            ignore_rule(pattern)("a" * 250)
        with pytest.raises(RulesTooSlowError):
            lfs_rule(pattern + b" filter=lfs")("a" * 250)
        assert ignore_rule(b"*/*/**/*.log")("a/b/c/d.log")


@pytest.mark.attack("expensive pages")
def test_rules_end_after_their_time(monkeypatch: pytest.MonkeyPatch) -> None:
    ignored = ignore_rule(b"*.log\n")
    assert ignored("a.log")
    now = time.thread_time()
    monkeypatch.setattr(time, "thread_time", lambda: now + 60)
    with pytest.raises(RulesTooSlowError):
        ignored("a.log")


@pytest.mark.attack("expensive pages")
def test_very_many_rules_are_refused() -> None:
    with pytest.raises(RulesTooSlowError):
        ignore_rule(b"a\n" * (MAX_RULES + 1))
