"""Who may read is judged by the bits of others; what is printed is exact and quoted."""

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


def seen(path: str, mode: int | None) -> PathStatus:
    return PathStatus(PurePosixPath(path), mode, "ada")


@given(st.integers(0, 0o7777), st.booleans())
def test_open_is_what_the_bits_of_others_say(bits: int, is_folder: bool) -> None:
    one = seen("/x", (FOLDER if is_folder else FILE) | bits)
    assert one.is_open == (bits & 0o5 == 0o5 if is_folder else bits & 0o4 == 0o4)
    assert one.is_searchable == bool(bits & 0o1)


def test_each_parent_is_named_with_its_mode_and_owner_in_one_command() -> None:
    parents = (seen("/a b", FOLDER | 0o2770), seen("/a b/c", FOLDER | 0o700))
    (found,) = closed_findings(
        tree(seen("/a b/c/d", FOLDER | 0o755), parents=parents), Level.PROBLEM, "why"
    )
    assert "/a b (drwxrws---, of ada), /a b/c (drwx------, of ada)" in str(found.message)
    assert found.fixes == (ShellCommand("chmod o+x '/a b' '/a b/c'"),)


def test_few_are_mended_one_by_one_and_many_by_one_command() -> None:
    root = seen("/d", FOLDER | 0o755)
    few = [seen("/d/e", FOLDER | 0o750), seen("/d/f", FILE | 0o640)]
    (found,) = closed_findings(tree(root, *few), Level.WARNING, "why")
    assert found.fixes == (
        ShellCommand("chmod o+rx /d/e"),
        ShellCommand("chmod o+r /d/f"),
    )
    many = [seen(f"/d/{n}", FILE | 0o600) for n in range(6)]
    (found,) = closed_findings(tree(root, *many), Level.WARNING, "why")
    assert found.fixes == (ShellCommand("chmod -R o+rX /d"),)
    assert "and 1 more" in str(found.message)


def test_open_data_that_should_be_closed_is_found_by_the_whole_way_to_it() -> None:
    data = seen("/a/d", FOLDER | 0o755)
    shut = (seen("/a", FOLDER | 0o750),)
    assert open_finding(tree(data, parents=shut), "private") is None
    found = open_finding(tree(data), "private")
    assert found is not None
    assert found.fixes == (ShellCommand("chmod o-rx /a/d"),)


def test_notes_and_what_was_not_checked_leave_a_dataset_well() -> None:
    assert Checked("iris", (note("a", "b"), unchecked("a", "b"))).is_well
    assert not Checked("iris", (note("a", "b"), warning("a", "b"))).is_well
