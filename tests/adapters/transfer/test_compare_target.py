"""Comparing what is wanted with what a target has, before anything is moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.adapters.files.open_folder import OpenFolder
from huggingnersc.adapters.transfer.compare_target import TargetComparison
from huggingnersc.adapters.transfer.target_folder import TargetFolder
from tests.builders import write_tree
from tests.transfers import wanted

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from huggingnersc.adapters.transfer.wanted_file import WantedFile


class _Counting(TargetFolder):
    """A target that keeps what was looked for."""

    def __init__(self, root: OpenFolder) -> None:
        super().__init__(root)
        self.looked_for: list[bytes] = []

    def status_of(self, file: WantedFile) -> os.stat_result | None:
        self.looked_for.append(file.path)
        return super().status_of(file)


def test_a_folder_that_is_not_here_is_looked_for_once(tmp_path: Path) -> None:
    files = [b"a/1", b"a/2", b"a/b/3", b"a/b/4", b"a-/5", b"a-/6", b"c/7", b"c/d/8", b"e", b"f"]
    write_tree(tmp_path, {"a-/5": "x\n", "c/other": "", "e": "x\n"})
    with OpenFolder.at(tmp_path) as root, (target := _Counting(root)):
        comparison = TargetComparison(None, target)
        missing = [one.file.path for one in comparison.missing(wanted(dict.fromkeys(files, b"1")))]
    there = [one.where for one in comparison.problems]
    assert missing == sorted({*files} - {b"a-/5", b"e"})
    assert there == ["a-/5", "e"]
    assert target.looked_for == sorted({*files} - {b"a/2", b"a/b/3", b"a/b/4"})
