"""Globs of `datasets` find what the patterns of a source match."""

from __future__ import annotations

import re
from fnmatch import translate
from glob import escape
from typing import TYPE_CHECKING

import pytest

from huggingnersc.domain.loading.data_globs import data_globs
from tests.builders import write_tree

if TYPE_CHECKING:
    from pathlib import Path

NAMES = (
    "train.csv", "training-1.csv", "train/a.csv", "train/b c.csv.gz", "train/deep/d.csv",
    "train [v*]/a.csv", "train [v*]/deep?/b.csv", "x/train/a.csv", "x/y/train/c/d.csv",
    "test/a.csv", "other/train.csv", "train/notes.md", "x/name.csv", "x/y/name.csv",
)  # fmt: skip


@pytest.mark.parametrize(
    "pattern",
    ["*", "train/*", f"{escape('train [v*]')}/*", "train*", "*/train/*", "*/name.csv",
     "train.csv", f"{escape('train [v*]/deep?/b.csv')}", "x/*/train/*"],
)  # fmt: skip
def test_globs_find_each_file_that_the_pattern_matches_once(tmp_path: Path, pattern: str) -> None:
    resolve_pattern = pytest.importorskip("datasets.data_files").resolve_pattern
    root = write_tree(tmp_path / "odd [set] *", dict.fromkeys(NAMES, "x"))
    suffixes = (".csv", ".csv.gz")
    matches = re.compile(translate(pattern)).match
    expected = [name for name in NAMES if matches(name) and name.endswith(suffixes)]
    globs = data_globs(str(root), pattern, suffixes)
    assert globs is not None
    found: list[str] = []
    for glob in globs:
        try:
            found += resolve_pattern(glob, base_path="/")
        except FileNotFoundError:  # of several globs one may find nothing
            continue
    assert sorted(found) == sorted(f"{root}/{name}" for name in expected)
    assert expected


@pytest.mark.parametrize("pattern", ["*train*", "a*/b/*", "x*y", "*.csv"])
def test_what_would_find_a_file_twice_has_no_globs(pattern: str) -> None:
    assert data_globs("/data", pattern, (".csv",)) is None
