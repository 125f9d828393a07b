"""The common ancestors of two commits, against git itself, with clocks that lie."""

from __future__ import annotations

import random
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from dulwich.objects import Commit, ObjectID, Tree

from huggingnersc.hub_server.storage.history import merge_bases
from huggingnersc.hub_server.storage.repositories import RepositoryStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from huggingnersc.hub_server.storage.repository import GitRepository

YEAR_2000_S = 946_684_800


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[GitRepository]:
    store = RepositoryStore(tmp_path / "root")
    _, made = store.create()
    yield made
    store.close()


def commit(repository: GitRepository, title: str, *parents: str, day: int = 0) -> str:
    """Write an empty commit dated `day` days after 2000-01-01."""
    made, tree = Commit(), Tree()
    made.tree = tree.id
    made.parents = [ObjectID(parent.encode()) for parent in parents]
    made.author = made.committer = b"Ada <ada@localhost>"
    made.author_time = made.commit_time = YEAR_2000_S + day * 86_400
    made.author_timezone = made.commit_timezone = 0
    made.message = title.encode()
    repository.objects.add([tree, made])
    return made.id.decode()


def test_the_newest_common_commit_by_date_is_not_the_base(repository: GitRepository) -> None:
    old = commit(repository, "dated last, first in the graph", day=900)
    base = commit(repository, "base", old, day=1)
    ours = commit(repository, "ours", base, day=2)
    theirs = commit(repository, "theirs", base, day=3)
    assert merge_bases(repository.objects, [ours], theirs) == [base]


def test_an_ancestor_is_its_own_base_and_strangers_have_none(repository: GitRepository) -> None:
    first = commit(repository, "first", day=5)
    second = commit(repository, "second", first, day=1)
    stranger = commit(repository, "of another history")
    assert merge_bases(repository.objects, [second], first) == [first]
    assert merge_bases(repository.objects, [second], second) == [second]
    assert merge_bases(repository.objects, [second], stranger) == []


def test_a_criss_cross_of_merges_leaves_two_bases(repository: GitRepository) -> None:
    first = commit(repository, "first")
    left, right = commit(repository, "left", first), commit(repository, "right", first)
    ours = commit(repository, "ours", left, right)
    theirs = commit(repository, "theirs", right, left)
    assert merge_bases(repository.objects, [ours], theirs) == sorted([left, right])


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@pytest.mark.parametrize("seed", range(4))
def test_random_histories_have_the_bases_that_git_finds(
    repository: GitRepository, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same histories every time
    known: list[str] = []
    for number in range(25):
        parents = chance.sample(known[-8:], min(len(known), chance.choice([0, 1, 1, 1, 2, 2])))
        known.append(
            commit(repository, str(number), *parents, day=chance.choice([number, 40 - number]))
        )
    for _ in range(8):
        one, other = chance.sample(known, 2)
        done = subprocess.run(
            ["git", "merge-base", "--all", one, other],
            cwd=repository.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert merge_bases(repository.objects, [one], other) == sorted(done.stdout.split())
