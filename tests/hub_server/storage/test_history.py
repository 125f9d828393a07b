from __future__ import annotations

from itertools import count, islice
from typing import TYPE_CHECKING

import pytest

from huggingnersc.hub_server.storage import history, tree_changes
from huggingnersc.hub_server.storage.errors import (
    HistoryTooLongError,
    RefConflictError,
    RefMovedError,
    RevisionMissingError,
)
from huggingnersc.hub_server.storage.limits import GitLimits
from huggingnersc.hub_server.storage.objects import FILE_MODE, TreeItem
from huggingnersc.hub_server.storage.repositories import RepositoryStore

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from huggingnersc.hub_server.storage.repository import GitRepository


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[GitRepository]:
    store = RepositoryStore(tmp_path / "root")
    _, made = store.create()
    yield made
    store.close()


def commit(
    repository: GitRepository, files: Mapping[str, str | None], *parents: str, title: str = "t"
) -> str:
    """Commit texts (None deletes) on top of the first parent; no ref moves."""
    blobs = {
        path: tree_changes.blob(text.encode()) for path, text in files.items() if text is not None
    }
    places = {
        path: TreeItem(FILE_MODE, blobs[path].id.decode()) if path in blobs else None
        for path in files
    }
    tree = repository.objects.commit(parents[0]).tree if parents else None
    root, trees = tree_changes.apply_changes(repository.objects, tree, places)
    made = tree_changes.commit(root, parents, author="Ada", email="a@b", message=title)
    repository.objects.add([*blobs.values(), *trees, made])
    return made.id.decode()


def paths(repository: GitRepository, sha: str, **how: str | bool) -> list[str]:
    found = history.walk(repository.objects, repository.objects.commit(sha).tree, **how)  # type: ignore[arg-type]
    return [entry.path for entry in found]


def test_a_walk_can_begin_behind_any_entry(repository: GitRepository) -> None:
    sha = commit(repository, {"a.txt": "", "d/e/x": "", "d/y": "", "d-e": "", "z": ""})
    everything = paths(repository, sha, recursive=True)
    assert everything == ["a.txt", "d-e", "d", "d/e", "d/e/x", "d/y", "z"]
    folders = {"d", "d/e"}
    for number, path in enumerate(everything):
        after = path + "/" if path in folders else path
        assert paths(repository, sha, recursive=True, after=after) == everything[number + 1 :]


def test_an_emptied_folder_is_gone(repository: GitRepository) -> None:
    first = commit(repository, {"d/e/x": "1", "y": "1"})
    second = commit(repository, {"d/e/x": None}, first)
    assert paths(repository, second, recursive=True) == ["y"]
    assert paths(repository, commit(repository, {"y": None}, second), recursive=True) == []


def test_history_follows_both_sides_of_a_merge_once(repository: GitRepository) -> None:
    first = commit(repository, {"a": "1"}, title="first")
    left = commit(repository, {"b": "1"}, first, title="left")
    right = commit(repository, {"c": "1"}, first, title="right")
    merged = commit(repository, {"c": "1"}, left, right, title="merged")
    titles = [item.title for item in history.history(repository.objects, merged)]
    assert titles[0] == "merged"
    assert titles[-1] == "first"
    assert sorted(titles) == ["first", "left", "merged", "right"]
    of_b = [item.title for item in history.history(repository.objects, merged, path="b")]
    assert of_b == ["left"]


def test_every_name_has_the_commit_that_changed_it_last(repository: GitRepository) -> None:
    first = commit(repository, {"a": "1", "d/x": "1"})
    second = commit(repository, {"a": "2"}, first)
    third = commit(repository, {"d/y": "1"}, second)
    assert history.last_commits(repository.objects, third, "", count()) == {
        "a": second,
        "d": third,
    }
    assert history.last_commits(repository.objects, third, "d", count()) == {
        "x": first,
        "y": third,
    }


def test_changes_name_what_was_added_changed_and_deleted(repository: GitRepository) -> None:
    first = commit(repository, {"a": "1", "d/x": "1", "f": "1"})
    second = commit(repository, {"a": "2", "d/x": None, "d": None, "new/y": "1"}, first)
    found = {
        change.path: (change.old is not None, change.new is not None)
        for change in repository.changes(repository.objects.commit(second))
    }
    assert found == {"a": (True, True), "d/x": (True, False), "new/y": (False, True)}


def test_a_short_commit_id_is_understood(repository: GitRepository) -> None:
    sha = commit(repository, {"a": "1"})
    repository.refs.write("refs/heads/main", sha, old=None)
    for revision in ("main", "HEAD", sha, sha[:8], "refs/heads/main"):
        assert repository.resolve(revision).sha == sha
    for revision in ("none", "0" * 40, sha[:5], "../main", "refs/heads/../x", ""):
        with pytest.raises(RevisionMissingError):
            repository.resolve(revision)


def test_a_ref_moves_only_from_where_it_was(repository: GitRepository) -> None:
    first = commit(repository, {"a": "1"})
    second = commit(repository, {"a": "2"}, first)
    repository.refs.write("refs/heads/main", first, old=None)
    for old in (None, second):
        with pytest.raises(RefMovedError):
            repository.refs.write("refs/heads/main", second, old=old)
    repository.refs.write("refs/heads/main", second, old=first)
    with pytest.raises(RefConflictError):
        repository.refs.write("refs/heads/main/below", second, old=None)


def test_many_objects_become_one_pack_and_are_read_like_few(repository: GitRepository) -> None:
    sha = commit(repository, {f"d{n}/{n}.txt": f"content {n}" for n in range(60)})
    assert len(list((repository.folder / "objects" / "pack").glob("*.pack"))) == 1
    entry = repository.find(repository.objects.commit(sha), "d7/7.txt")
    assert entry is not None
    assert (entry.size_bytes, repository.objects.blob(entry.oid)) == (9, b"content 7")


@pytest.mark.attack("expensive pages")
def test_one_request_looks_at_a_limited_number_of_commits(tmp_path: Path) -> None:
    store = RepositoryStore(tmp_path / "root", GitLimits(history=3))
    _, repository = store.create()
    last = commit(repository, {"old.txt": "x"})
    for number in range(5):
        last = commit(repository, {"new.txt": str(number)}, last, title=str(number))
    newest = repository.objects.commit(last)
    assert set(repository.last_commits(newest, "")) == {"new.txt"}
    assert repository.last_commits(newest, "", iter(())) == {}
    assert set(repository.last_commits(newest, "", iter(range(9)))) == {"new.txt", "old.txt"}
    assert len(list(islice(repository.history(newest), 3))) == 3
    for path in ("", "old.txt"):
        with pytest.raises(HistoryTooLongError):
            list(repository.history(newest, path))
    store.close()
