"""Where refs point, who may move them, and that a move survives a power loss."""

from __future__ import annotations

from hashlib import sha1
from itertools import count
from typing import TYPE_CHECKING

import pytest
from dulwich.objects import Commit, ShaFile, Tree

from huggingnersc.hub_server.storage import tree_changes
from huggingnersc.hub_server.storage.errors import (
    RefConflictError,
    RefMovedError,
    RevisionMissingError,
)
from huggingnersc.hub_server.storage.repositories import RepositoryStore
from tests.disk_log import log_disk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from huggingnersc.hub_server.storage.repository import GitRepository

MAIN = "refs/heads/main"


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[GitRepository]:
    store = RepositoryStore(tmp_path / "root")
    _, made = store.create()
    yield made
    store.close()


def commit(repository: GitRepository, title: str = "t") -> str:
    """Add a commit without files; no ref moves."""
    tree = Tree()
    made = tree_changes.commit(tree.id.decode(), [], author="a", email="", message=title)
    repository.objects.add([tree, made])
    return made.id.decode()


def tag(repository: GitRepository, target: str) -> str:
    made = tree_changes.annotated_tag("v1", target, author="a", email="", message="m")
    repository.objects.add([made])
    return made.id.decode()


def test_a_ref_moves_only_from_where_it_was_seen(repository: GitRepository) -> None:
    one, two = commit(repository, "one"), commit(repository, "two")
    repository.refs.write(MAIN, one, old=None)
    for seen in (None, two):
        with pytest.raises(RefMovedError):
            repository.refs.write(MAIN, two, old=seen)
    assert repository.refs.read(MAIN) == one
    repository.refs.write(MAIN, two, old=one)
    assert repository.refs.read(MAIN) == two


@pytest.mark.parametrize(
    ("there", "new"), [("refs/heads/a", "refs/heads/a/b"), ("refs/heads/a/b", "refs/heads/a")]
)
def test_a_ref_is_no_folder_of_refs(repository: GitRepository, there: str, new: str) -> None:
    sha = commit(repository)
    repository.refs.write(there, sha, old=None)
    with pytest.raises(RefConflictError):
        repository.refs.write(new, sha, old=None)
    assert repository.refs.all() == {there: sha}


def test_all_refs_have_the_commit_of_their_tag_and_none_names_anything_else(
    repository: GitRepository,
) -> None:
    sha, data = commit(repository), tree_changes.blob(b"x")
    repository.objects.add([data])
    repository.refs.write(MAIN, sha, old=None)
    repository.refs.write("refs/tags/v1", tag(repository, sha), old=None)
    repository.refs.write("refs/tags/data", data.id.decode(), old=None)
    assert repository.refs.all() == {MAIN: sha, "refs/tags/v1": sha}


def test_a_tag_is_peeled_when_read_and_not_when_raw(repository: GitRepository) -> None:
    sha = commit(repository)
    name = tag(repository, sha)
    repository.refs.write("refs/tags/v1", name, old=None)
    assert repository.refs.read("refs/tags/v1") == sha
    assert repository.refs.raw("refs/tags/v1") == name
    for read in (repository.refs.read, repository.refs.raw):
        assert read("refs/tags/none") is None


def test_head_of_an_empty_repository_is_no_commit(repository: GitRepository) -> None:
    assert repository.refs.read("HEAD") is None
    assert repository.refs.all() == {}


def test_a_revision_is_a_branch_a_tag_a_full_ref_or_an_id(repository: GitRepository) -> None:
    sha = commit(repository)
    repository.refs.write(MAIN, sha, old=None)
    repository.refs.write("refs/tags/v1", sha, old=None)
    for revision in ("main", "v1", "HEAD", MAIN, "refs/tags/v1", sha, sha.upper(), sha[:7]):
        assert repository.refs.resolve(revision) == sha
    tree = repository.objects.commit(sha).tree
    for revision in ("", "none", "refs/heads/v1", sha[:6], "0" * 40, "0" * 7, tree, tree[:7]):
        with pytest.raises(RevisionMissingError):
            repository.refs.resolve(revision)


def test_a_name_goes_before_a_short_id_and_a_full_id_before_all(
    repository: GitRepository,
) -> None:
    one, two = commit(repository, "one"), commit(repository, "two")
    for name in (one[:7], one):
        repository.refs.write(f"refs/heads/{name}", two, old=None)
    assert repository.refs.resolve(one[:7]) == two
    assert repository.refs.resolve(one) == one
    assert repository.refs.resolve(f"refs/heads/{one[:7]}") == two


def alike(repository: GitRepository) -> list[str]:
    """Add two commits whose ids have the same first seven digits."""
    model = tree_changes.commit(Tree().id.decode(), [], author="a", email="", message="N")
    model.commit_time = model.author_time = 0
    before, _, after = model.as_raw_string().rpartition(b"N")
    seen: dict[str, bytes] = {}
    for number in count():
        data = before + str(number).encode() + after
        oid = sha1(b"commit %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
        other = seen.setdefault(oid[:7], data)
        if other is not data:
            made = [ShaFile.from_raw_string(Commit.type_num, each) for each in (other, data)]
            repository.objects.add([Tree(), *made])
            return [each.id.decode() for each in made]
    raise AssertionError


def test_a_short_id_that_two_commits_share_names_none(repository: GitRepository) -> None:
    one, two = alike(repository)
    assert one[:7] == two[:7]
    with pytest.raises(RevisionMissingError):
        repository.refs.resolve(one[:7])
    assert repository.refs.resolve(one) == one


def test_a_ref_is_removed_and_one_that_is_missing_stays_so(repository: GitRepository) -> None:
    sha = commit(repository)
    repository.refs.write("refs/heads/dev", sha, old=None)
    for _ in range(2):
        repository.refs.delete("refs/heads/dev")
        assert repository.refs.all() == {}


def test_every_folder_of_a_new_ref_is_on_disk(
    repository: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha = commit(repository)
    log = log_disk(repository.folder, monkeypatch)
    repository.refs.write("refs/heads/a/b", sha, old=None)
    for path in ("refs/heads/a/b", "refs/heads/a", "refs/heads", "refs"):
        assert log.folder_synced(repository.folder / path)
    assert log.names_unsynced() == []


def test_a_removal_is_on_disk(repository: GitRepository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.refs.write("refs/heads/dev", commit(repository), old=None)
    log = log_disk(repository.folder, monkeypatch)
    repository.refs.delete("refs/heads/dev")
    assert log.folder_synced(repository.folder / "refs" / "heads")


def test_stale_locks_go_and_nothing_else(repository: GitRepository) -> None:
    sha = commit(repository)
    repository.refs.write(MAIN, sha, old=None)
    names = ("HEAD.lock", "packed-refs.lock", "refs/heads/main.lock", "refs/tags/v1.lock")
    for name in names:
        (repository.folder / name).touch()
    for _ in range(2):
        repository.refs.clear_stale_locks()
        assert not list(repository.folder.rglob("*.lock"))
    assert repository.refs.all() == {MAIN: sha}
