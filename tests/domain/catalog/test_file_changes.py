"""Diffs as people review them."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from huggingnersc.changes import ChangeKind, Location
from huggingnersc.domain.catalog.file_changes import Unread, file_changes
from tests.builders import write_tree

if TYPE_CHECKING:
    from pathlib import Path


def only_diff(before: bytes | None, after: bytes | None) -> str:
    (change,) = file_changes(Location.HUB, {"a.txt": before}, {"a.txt": after})
    return change.diff


def test_file_that_comes_goes_or_changes_is_named_so() -> None:
    changes = file_changes(
        Location.HUB,
        {"gone": b"1", "same": b"1", "other": b"1", "none": None},
        {"new": b"1", "same": b"1", "other": b"2"},
    )
    assert [(c.path, c.kind) for c in changes] == [
        ("gone", ChangeKind.DELETED),
        ("new", ChangeKind.ADDED),
        ("other", ChangeKind.CHANGED),
    ]


def test_diff_is_a_unified_one() -> None:
    assert only_diff(b"one\ntwo\nthree\n", b"one\n2\nthree\n") == (
        "--- a/a.txt\n+++ b/a.txt\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three"
    )
    assert only_diff(None, b"one\n") == "--- /dev/null\n+++ b/a.txt\n@@ -0,0 +1,1 @@\n+one"


def test_what_is_no_text_or_not_looked_into_says_so() -> None:
    assert only_diff(b"text", b"\xff\xfe").endswith("(no text: 2 bytes)")
    assert only_diff(b"a\n", b"a\r\n").endswith(
        "(only line ends or object ids differ, or the file is empty)"
    )
    (change,) = file_changes(Location.HUB, {"big": Unread("too large")}, {"big": None})
    assert change.diff.endswith("(too large)")


def test_control_characters_of_names_and_lines_are_gone() -> None:
    (change,) = file_changes(Location.HUB, {}, {"x\x1b[2J": b"\x1b]0;t\x07\n"})
    assert all(c == "\n" or c.isprintable() for c in change.diff)


LINES = st.lists(st.sampled_from(["a", "b", "", "-x", "+y", "@@ z"]), min_size=1, max_size=12)


@settings(deadline=None, max_examples=50)
@given(LINES, LINES)
def test_patch_makes_the_new_text_of_the_old_one(old: list[str], new: list[str]) -> None:
    import tempfile
    from pathlib import Path

    before, after = ("".join(f"{line}\n" for line in lines) for lines in (old, new))
    if before == after:
        return
    with tempfile.TemporaryDirectory() as folder:
        assert patched(Path(folder), before, only_diff(before.encode(), after.encode())) == after


def patched(folder: Path, text: str, diff: str) -> str:
    """What git makes of `text`."""
    write_tree(folder, {"a.txt": text})
    done = subprocess.run(
        ["git", "apply", "-p1"], input=diff + "\n", cwd=folder, text=True, check=False,
        capture_output=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return (folder / "a.txt").read_text(encoding="utf-8")


def test_object_ids_of_a_record_are_not_shown() -> None:
    def record(title: str, oid: str) -> bytes:
        files = {"README.md": {"git_oid": oid, "size_bytes": 3}}
        return json.dumps({"hub_files": files, "title": title}, indent=2).encode()

    old, new = {"iris_info.json": record("a", "1" * 40)}, {"iris_info.json": record("b", "2" * 40)}
    (change,) = file_changes(Location.CATALOG, old, new)
    assert "1111" not in change.diff
    assert '-  "title": "a"' in change.diff
    (same,) = file_changes(Location.CATALOG, old, {"iris_info.json": record("a", "2" * 40)})
    assert "object ids" in same.diff
    (on_hub,) = file_changes(Location.HUB, old, new)
    assert "1111" in on_hub.diff
    (damaged,) = file_changes(Location.CATALOG, {"iris_info.json": b"{"}, new)
    assert "2222" not in damaged.diff
