"""The folder of a static site takes the place of an earlier one as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.static_folder import MARKER, static_folder
from huggingnersc.errors import DatasetError
from tests.builders import write_tree

if TYPE_CHECKING:
    from pathlib import Path


def names(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}


def test_a_site_that_a_killed_run_moved_away_comes_back(tmp_path: Path) -> None:
    write_tree(tmp_path / ".www.before", {"old.html": "", MARKER: ""})
    with pytest.raises(KeyError), static_folder(tmp_path / "www"):
        raise KeyError
    assert names(tmp_path) == {"www/old.html", f"www/{MARKER}"}


def test_what_killed_runs_left_is_removed(tmp_path: Path) -> None:
    write_tree(tmp_path / ".www.before", {"older.html": "", MARKER: ""})
    write_tree(tmp_path / ".www-a1b2", {"site/part.html": "", ".in-use": ""})
    write_tree(tmp_path / "www", {"old.html": "", MARKER: ""})
    with static_folder(tmp_path / "www") as folder:
        folder.add("new.html", b"")
    assert names(tmp_path) == {"www/new.html", f"www/{MARKER}"}


def test_a_file_that_cannot_be_written_is_named_and_changes_nothing(tmp_path: Path) -> None:
    write_tree(tmp_path / "www", {"old.html": "", MARKER: ""})
    with pytest.raises(DatasetError, match="xxx"), static_folder(tmp_path / "www") as folder:
        folder.add("x" * 300, b"")
    assert names(tmp_path) == {"www/old.html", f"www/{MARKER}"}
