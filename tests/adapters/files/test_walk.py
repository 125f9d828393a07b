from __future__ import annotations

import os
import shutil
import subprocess
import sys
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.files.walk import walk
from tests.builders import write_tree
from tests.conftest import ROOT
from tests.mode_bits import under_mode_bits

if TYPE_CHECKING:
    import pytest


def paths(root: Path, *, hidden: bool = True) -> list[str]:
    return [str(entry.path) for entry in walk(root, hidden=hidden)]


def test_entries_come_breadth_first_and_by_name_from_the_root_on(tmp_path: Path) -> None:
    write_tree(tmp_path / "r", {"b/2": "", "b/1": "", "a/x/3": "", "c": ""})
    assert paths(tmp_path / "r") == [".", "a", "b", "c", "a/x", "b/1", "b/2", "a/x/3"]


def test_one_file_is_the_only_entry(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a": "12"})
    (entry,) = walk(tmp_path / "a")
    assert (entry.is_file, entry.is_folder, entry.path) == (True, False, PurePosixPath())
    assert entry.status is not None
    assert entry.status.st_size == 2


def test_hidden_names_and_what_is_below_them_can_be_left_out(tmp_path: Path) -> None:
    write_tree(tmp_path / "r", {".h/a": "", ".b": "", "c": ""})
    assert paths(tmp_path / "r", hidden=False) == [".", "c"]
    assert paths(tmp_path / "r") == [".", ".b", ".h", "c", ".h/a"]


def test_links_are_reported_with_what_they_lead_to_and_not_followed(tmp_path: Path) -> None:
    write_tree(tmp_path, {"real/a": "", "r/b": ""})
    for name, target in (("up", ".."), ("file", "b"), ("gone", "nowhere"), ("loop", "loop")):
        (tmp_path / "r" / name).symlink_to(target)
    (tmp_path / "link").symlink_to("r")
    found = {str(entry.path): entry for entry in walk(tmp_path / "link")}
    assert list(found) == [".", "b", "file", "gone", "loop", "up"]
    assert [name for name, entry in found.items() if entry.is_link] == [
        "file",
        "gone",
        "loop",
        "up",
    ]
    assert (found["up"].is_folder, found["file"].is_file) == (True, True)
    assert isinstance(found["gone"].error, FileNotFoundError)
    assert isinstance(found["loop"].error, OSError)


def test_absent_root_is_an_entry_with_its_error(tmp_path: Path) -> None:
    (entry,) = walk(tmp_path / "gone")
    assert isinstance(entry.error, FileNotFoundError)
    assert entry.status is None


def test_folder_that_is_removed_during_the_walk_is_reported_and_the_walk_goes_on(
    tmp_path: Path,
) -> None:
    write_tree(tmp_path, {"a/1": "", "b/2": ""})
    entries = walk(tmp_path)
    first = list(islice(entries, 2))
    assert [str(entry.path) for entry in first] == [".", "a"]
    shutil.rmtree(tmp_path / "a")
    rest = [(str(entry.path), entry.is_unlisted) for entry in entries]
    assert [one for one in rest if one[0] != "home"] == [("b", False), ("a", True), ("b/2", False)]


def test_folder_that_may_not_be_listed_is_reported_after_its_own_entry(tmp_path: Path) -> None:
    write_tree(tmp_path / "r", {"closed/1": "", "open/2": ""})
    (tmp_path / "r/closed").chmod(0o300)
    (tmp_path / "r/open").chmod(0o600)
    program = (
        "import sys; from pathlib import Path\n"
        "from huggingnersc.adapters.files.walk import walk\n"
        "for one in walk(Path(sys.argv[1])):\n"
        "    print(one.path, one.is_unlisted, type(one.error).__name__)\n"
    )
    words = [sys.executable, "-c", program, str(tmp_path / "r")]
    done = subprocess.run(
        under_mode_bits(*words), capture_output=True, text=True, check=False, cwd=ROOT
    )
    (tmp_path / "r/closed").chmod(0o700)
    (tmp_path / "r/open").chmod(0o700)
    assert done.stdout.splitlines() == [
        ". False NoneType",
        "closed False NoneType",
        "open False NoneType",
        "closed True PermissionError",
        "open/2 False PermissionError",
    ]


def test_names_that_are_not_utf8_are_walked_like_any_other(tmp_path: Path) -> None:
    name = os.fsdecode(b"d\xff")
    write_tree(tmp_path / "r", {"a": ""})
    (tmp_path / "r" / name).mkdir()
    (tmp_path / "r" / name / "1").touch()
    assert paths(tmp_path / "r") == [".", "a", name, f"{name}/1"]


def test_no_more_than_the_names_of_one_folder_are_read_ahead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(tmp_path / "r", {"a/1": "", "b/2": ""})
    listed: list[str] = []
    scandir = os.scandir

    def noting(folder: Any) -> Any:
        listed.append(Path(folder).name)
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", noting)
    assert len(list(islice(walk(tmp_path / "r"), 3))) == 3
    assert listed == ["r"]


def test_closed_folder_is_yielded_and_not_listed(tmp_path: Path) -> None:
    root = write_tree(tmp_path / "r", {"a/1": "", "b/2": "", "b/a/3": ""})
    found = walk(root, is_closed=lambda folder: folder.name == "a")
    assert [str(entry.path) for entry in found] == [".", "a", "b", "b/2", "b/a"]
    assert [str(entry.path) for entry in walk(root / "a", is_closed=lambda _: True)] == ["."]
