"""Permissions are judged by the mode bits for others; printed commands are exact and quoted."""

from __future__ import annotations

import stat
from pathlib import PurePosixPath

from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.domain.check.findings import Checked, Level, note, unchecked, warning
from huggingnersc.domain.check.permissions import PathStatus, Tree, closed_findings, open_finding
from huggingnersc.fixes import ShellCommand

FOLDER, FILE = stat.S_IFDIR, stat.S_IFREG


def tree(*entries: PathStatus, parents: tuple[PathStatus, ...] = ()) -> Tree:
    return Tree(parents or (PathStatus(PurePosixPath("/"), FOLDER | 0o755, "root"),), entries)


def status(path: str, mode: int | None) -> PathStatus:
    return PathStatus(PurePosixPath(path), mode, "ada")


@given(st.integers(0, 0o7777), st.booleans())
def test_path_is_open_by_the_bits_for_others(bits: int, is_folder: bool) -> None:
    one = status("/x", (FOLDER if is_folder else FILE) | bits)
    assert one.is_open == (bits & 0o5 == 0o5 if is_folder else bits & 0o4 == 0o4)
    assert one.is_searchable == bool(bits & 0o1)


def test_each_parent_is_named_with_its_mode_and_owner_in_one_command() -> None:
    parents = (status("/a b", FOLDER | 0o2770), status("/a b/c", FOLDER | 0o700))
    (found,) = closed_findings(
        tree(status("/a b/c/d", FOLDER | 0o755), parents=parents), Level.PROBLEM, "why"
    )
    for part in ("/a b", "drwxrws---", "/a b/c", "drwx------", "ada"):
        assert part in str(found.message)
    assert found.fixes == (ShellCommand("chmod o+x '/a b' '/a b/c'"),)


def test_few_paths_have_a_command_each_and_many_have_one_command() -> None:
    root = status("/d", FOLDER | 0o755)
    few = [status("/d/e", FOLDER | 0o750), status("/d/f", FILE | 0o640)]
    (found,) = closed_findings(tree(root, *few), Level.WARNING, "why")
    assert found.fixes == (
        ShellCommand("chmod o+rx /d/e"),
        ShellCommand("chmod o+r /d/f"),
    )
    many = [status(f"/d/{n}", FILE | 0o600) for n in range(6)]
    (found,) = closed_findings(tree(root, *many), Level.WARNING, "why")
    assert found.fixes == (ShellCommand("chmod -R o+rX /d"),)
    assert [name for name in (f"/d/{n}" for n in range(6)) if name in str(found.message)] == [
        f"/d/{n}" for n in range(5)
    ]


def test_open_data_that_should_be_closed_is_found_unless_a_parent_is_closed() -> None:
    data = status("/a/d", FOLDER | 0o755)
    shut = (status("/a", FOLDER | 0o750),)
    assert open_finding(tree(data, parents=shut), "private") is None
    found = open_finding(tree(data), "private")
    assert found is not None
    assert found.fixes == (ShellCommand("chmod o-rx /a/d"),)


def test_notes_and_unchecked_parts_leave_a_dataset_well() -> None:
    assert Checked("iris", (note("a", "b"), unchecked("a", "b"))).is_well
    assert not Checked("iris", (note("a", "b"), warning("a", "b"))).is_well
