from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.hub_server.protocol.repo_paths import path_problem


@pytest.mark.parametrize(
    "path",
    [
        "a",
        "a/b.csv",
        ".gitattributes",
        "ä/ö.txt",
        "folder/..\\..\\file",
        "a b",
        "...",
        "%2e",
        "aux",
        "2024-01-01T00:00:00.csv",
        ".github",
        ".gitmodules",
        "a.git",
        "git~2",
        "/".join("a" * 128),
    ],
)
def test_ordinary_paths_are_accepted(path: str) -> None:
    assert path_problem(path) is None


@pytest.mark.parametrize(
    "path",
    ["", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/./b", ".git", "a/.GIT/config",
     "..\\a", "a\0b", "a\nb", "x" * 256, "/".join(["abcdefgh"] * 130), "\ud800",
     "git~1", "a/.git ./b", ".git:x", "a\\.git", ".g\u200cit", "/".join("a" * 129)],
)  # fmt: skip
def test_paths_that_leave_or_break_the_repository_are_refused(path: str) -> None:
    assert path_problem(path) is not None


@given(st.text(max_size=60))
def test_an_accepted_path_never_leaves_its_folder(path: str) -> None:
    if path_problem(path) is None:
        assert not path.startswith("/")
        assert ".." not in path.split("/")
