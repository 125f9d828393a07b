"""New trees, commits and tags, bit by bit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from dulwich.objects import Commit

from huggingnersc.hub_server.storage import tree_changes
from huggingnersc.hub_server.storage.errors import FolderInTheWayError, TreeTooLargeError
from huggingnersc.hub_server.storage.objects import FILE_MODE, FOLDER_MODE, TreeItem
from huggingnersc.hub_server.storage.repositories import RepositoryStore

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from huggingnersc.hub_server.storage.objects import Objects

BLOBS = [tree_changes.blob(data) for data in (b"file", b"other", b"program")]
FILE, OTHER = (TreeItem(FILE_MODE, blob.id.decode()) for blob in BLOBS[:2])
PROGRAM = TreeItem(0o100755, BLOBS[2].id.decode())


@pytest.fixture
def objects(tmp_path: Path) -> Iterator[Objects]:
    store = RepositoryStore(tmp_path / "root")
    _, made = store.create()
    made.objects.add(BLOBS)
    yield made.objects
    store.close()


def applied(
    objects: Objects,
    tree: str | None,
    changes: Mapping[str, TreeItem | None],
    *removed: str,
) -> str:
    made, needed = tree_changes.apply_changes(objects, tree, changes, removed=set(removed))
    objects.add(needed)
    return made


def files(objects: Objects, tree: str) -> dict[str, TreeItem]:
    found: dict[str, TreeItem] = {}
    for name, item in objects.tree(tree).items():
        below = files(objects, item.oid) if item.is_folder else None
        found |= {name: item} if below is None else {f"{name}/{k}": v for k, v in below.items()}
    return found


def test_files_are_added_replaced_and_deleted_and_the_rest_stays(objects: Objects) -> None:
    first = applied(objects, None, {"a": FILE, "d/b": FILE, "d/c": PROGRAM, "e/f/g": FILE})
    second = applied(objects, first, {"a": OTHER, "d/b": None, "e/f/g": None, "none": None})
    assert files(objects, second) == {"a": OTHER, "d/c": PROGRAM}
    assert set(objects.tree(second)) == {"a", "d"}


def test_a_deleted_folder_takes_everything_below_it_along(objects: Objects) -> None:
    first = applied(objects, None, {"a": FILE, "d/b": FILE, "d/e/c": FILE})
    assert files(objects, applied(objects, first, {"d": None})) == {"a": FILE}


def test_a_tree_without_files_is_git_s_empty_tree(objects: Objects) -> None:
    empty = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
    first = applied(objects, None, {"d/a": FILE})
    for tree in (applied(objects, None, {}), applied(objects, first, {"d/a": None})):
        assert tree == empty
        assert dict(objects.tree(tree)) == {}


def test_a_folder_of_too_many_names_is_refused(objects: Objects) -> None:
    objects.limits = replace(objects.limits, record_bytes=100)
    names = [f"d/{number:030}" for number in range(2)]
    with pytest.raises(TreeTooLargeError):
        applied(objects, None, dict.fromkeys(names, FILE))


def test_what_does_not_change_needs_no_new_tree(objects: Objects) -> None:
    first = applied(objects, None, {"d/a": FILE, "e/b": FILE})
    second, needed = tree_changes.apply_changes(objects, first, {"d/a": OTHER})
    assert {each.id.decode() for each in needed} == {second, objects_of(needed, "d")}


def objects_of(trees: object, name: str) -> str:
    """Return the id that the last (the root) of new trees gives `name`."""
    assert isinstance(trees, list)
    _, oid = trees[-1][name.encode()]
    return str(oid.decode())


def test_a_file_does_not_take_the_place_of_a_folder_that_stays(objects: Objects) -> None:
    first = applied(objects, None, {"d/e/a": FILE})
    for path in ("d", "d/e", "x"):
        changes = {path: OTHER, "x/y": OTHER}
        with pytest.raises(FolderInTheWayError):
            tree_changes.apply_changes(objects, first, changes)


def test_a_file_takes_the_place_of_a_folder_that_was_deleted_first(objects: Objects) -> None:
    first = applied(objects, None, {"d/e/a": FILE, "d/b": FILE})
    assert files(objects, applied(objects, first, {"d": OTHER}, "d")) == {"d": OTHER}
    inner = applied(objects, first, {"d/e": OTHER}, "d/e")
    assert files(objects, inner) == {"d/b": FILE, "d/e": OTHER}
    with pytest.raises(FolderInTheWayError):
        tree_changes.apply_changes(objects, first, {"d/e": OTHER}, removed={"e"})


def test_a_folder_takes_the_place_of_a_file(objects: Objects) -> None:
    first = applied(objects, None, {"d": FILE, "a": FILE})
    assert files(objects, applied(objects, first, {"d/b": OTHER})) == {"a": FILE, "d/b": OTHER}
    assert files(objects, applied(objects, first, {"d/b": None})) == {"a": FILE, "d": FILE}


def test_a_folder_deleted_and_filled_in_one_commit_holds_only_what_is_new(
    objects: Objects,
) -> None:
    first = applied(objects, None, {"d/a": FILE, "d/b": FILE})
    second = applied(objects, first, {"d": None, "d/c": OTHER}, "d")
    assert files(objects, second) == {"d/c": OTHER}


def test_modes_stay_and_a_file_without_one_is_an_ordinary_file(objects: Objects) -> None:
    tree = applied(objects, None, {"a": PROGRAM, "b": TreeItem(0, FILE.oid), "d/x": FILE})
    modes = {name: item.mode for name, item in objects.tree(tree).items()}
    assert modes == {"a": 0o100755, "b": FILE_MODE, "d": FOLDER_MODE}


def test_a_commit_and_a_tag_are_by_their_author_at_utc() -> None:
    tree, parents = "1" * 40, ["2" * 40, "3" * 40]
    made = tree_changes.commit(tree, parents, author="Ada", email="a@b.org", message="é\n\nx")
    assert (made.author, made.committer) == (b"Ada <a@b.org>", b"Ada <a@b.org>")
    assert [parent.decode() for parent in made.parents] == parents
    assert (made.commit_timezone, made.author_timezone) == (0, 0)
    assert made.commit_time == made.author_time > 1_600_000_000
    assert (made.tree.decode(), made.message) == (tree, "é\n\nx".encode())
    named = tree_changes.annotated_tag("v1", tree, author="Ada", email="a@b.org", message="m")
    assert (named.name, named.object) == (b"v1", (Commit, tree.encode()))
    assert (named.tagger, named.message) == (b"Ada <a@b.org>", b"m\n")
    assert (named.tag_timezone, named.tag_time > 1_600_000_000) == (0, True)


@pytest.mark.parametrize(
    ("author", "email", "written"),
    [
        ("Ada", "a@b.org", "Ada <a@b.org>"),
        ("A<d>\na\0", "a@\r<b>", "Ada <a@b>"),
        ("", "", "unknown <>"),
        ("<>", "", "unknown <>"),
        ("Ä 漢", "", "Ä 漢 <>"),
        ("a\ud800", "", "a <>"),
    ],
)
def test_an_identity_cannot_break_a_commit_s_header(author: str, email: str, written: str) -> None:
    assert tree_changes.identity(author, email) == written.encode()
