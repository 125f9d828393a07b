"""A Hub that holds a damaged or hostile repository starts, and serves all others."""

from __future__ import annotations

import logging
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from huggingnersc.domain.repo_names import RepoKind, RepoName
from huggingnersc.hub_server import check
from huggingnersc.hub_server.hub_context import Limits
from huggingnersc.hub_server.services.maintenance import maintain
from huggingnersc.hub_server.storage.limits import GitLimits
from tests.hub_server.hostile_packs import PackWriter, wide_trees
from tests.hub_server.in_process import in_process
from tests.hub_server.wire import text_file, wired

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from huggingnersc.hub_server.storage.repository import GitRepository
    from tests.hub_server.wire import Wire

BAD = RepoName(RepoKind.DATASET, "NERSC", "bad")
MAIN = "refs/heads/main"


def accept(git: GitRepository, pack: PackWriter, new: str) -> None:
    """Put a pack where a server without limits put it, and point main at it."""
    git.objects.store.add_thin_pack(BytesIO(pack.bytes()).read, None)
    git.refs.write(MAIN, new, old=git.refs.read(MAIN))


def many_paths(git: GitRepository) -> None:
    pack = PackWriter()
    accept(git, pack, pack.commit(wide_trees(pack, 10, 10)))


def deep_tree(git: GitRepository) -> None:
    pack = PackWriter()
    accept(git, pack, pack.commit(wide_trees(pack, 300, 1)))


def loose(git: GitRepository, oid: str) -> Path:
    return git.folder / "objects" / oid[:2] / oid[2:]


def lost_commit(git: GitRepository) -> None:
    loose(git, git.refs.raw(MAIN) or "").unlink()


def lost_tree(git: GitRepository) -> None:
    loose(git, git.resolve("main").tree).unlink()


def damaged_tree(git: GitRepository) -> None:
    path = loose(git, git.resolve("main").tree)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-9])


def damaged_file(git: GitRepository) -> None:
    entry = git.find(git.resolve("main"), "README.md")
    assert entry is not None
    path = loose(git, entry.oid)
    path.chmod(0o600)
    path.write_bytes(b"damage")


def lost_objects(git: GitRepository) -> None:
    (git.folder / "objects").rename(git.folder / "elsewhere")


def unread_references(git: GitRepository) -> None:
    (git.folder / "packed-refs").write_bytes(b"\xff\xfe garbage\n")
    (git.folder / "refs/heads/main").write_bytes(b"ref: refs/heads/main\n")


HOW = (many_paths, deep_tree, lost_commit, lost_tree, damaged_tree, damaged_file, lost_objects)


def spoil(wire: Wire, how: Callable[[GitRepository], None]) -> GitRepository:
    """Spoil NERSC/bad as of a commit that has not reached the registry, and return it."""
    record = wire.hub.registry.find(BAD)
    assert record is not None
    git = wire.hub.store.open(record.storage_id)
    how(git)
    with wire.hub.database.changing() as connection:  # as in a server that was killed
        connection.execute("UPDATE repositories SET sha = '', dirty = 1")
    return git


def fill(wire: Wire) -> None:
    for name in ("NERSC/bad", "NERSC/good"):
        wire.create(name)
        wire.commit(name, text_file("README.md", "---\nlicense: mit\n---\n"))


@pytest.mark.attack("damaged repositories")
@pytest.mark.parametrize("how", HOW, ids=lambda how: how.__name__)
def test_a_bad_repository_is_quarantined_and_the_others_are_repaired(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, how: Callable[[GitRepository], None]
) -> None:
    root = tmp_path / "hub"
    with in_process(root) as wire:
        fill(wire)
        spoil(wire, how)
    with in_process(root) as wire, caplog.at_level(logging.ERROR):
        maintain(wire.hub)
        (record,) = caplog.records
        assert "datasets/NERSC/bad" in record.getMessage()
        (dirty,) = map(wire.hub.registry.by_id, wire.hub.registry.dirty_ids())
        assert dirty is not None
        assert dirty.name == BAD
        for path in ("", "/tree/main", "/refs", "/commits/main", "/treesize/main"):
            answer = wire.ask("GET", f"/api/datasets/NERSC/bad{path}", user="ada")
            assert answer.status == 403
            assert "quarantined" in answer.json["error"]
        assert wire.commit("NERSC/bad", text_file("a", "x")).status == 403
        assert wire.ask("GET", "/datasets/NERSC/bad/resolve/main/README.md").status == 403
        service = "/info/refs?service=git-upload-pack"
        assert wire.ask("GET", f"/datasets/NERSC/bad{service}").status == 403
        assert wire.ask("GET", "/api/datasets/NERSC/bad").status == 403
        assert wire.commit("NERSC/good", text_file("a", "x")).status == 200
    where = {problem.where for problem in check(root).problems}
    assert where == {"datasets/NERSC/bad"}
    with in_process(root) as wire:
        body = {"name": "bad", "organization": "NERSC", "type": "dataset"}
        assert wire.ask("DELETE", "/api/repos/delete", body, user="ada").status == 200
    assert check(root).sound


@pytest.mark.attack("damaged repositories")
def test_a_server_starts_although_a_repository_is_hostile(tmp_path: Path) -> None:
    root = tmp_path / "hub"
    with in_process(root) as wire:
        fill(wire)
        spoil(wire, many_paths)
    with wired(root) as wire:
        listed = wire.ask("GET", "/api/datasets?search=good&full=true").json
        assert [row["cardData"] for row in listed] == [{"license": "mit"}]
        assert wire.ask("GET", "/api/datasets/NERSC/bad").status == 403


def test_a_repaired_repository_is_released_at_the_next_start(tmp_path: Path) -> None:
    root = tmp_path / "hub"
    with in_process(root) as wire:
        fill(wire)
        git = spoil(wire, lost_objects)
        maintain(wire.hub)
        assert wire.ask("GET", "/api/datasets/NERSC/bad").status == 403
        (git.folder / "elsewhere").rename(git.folder / "objects")
    with in_process(root) as wire:
        maintain(wire.hub)
        assert wire.ask("GET", "/api/datasets/NERSC/bad").status == 200
        assert wire.hub.registry.dirty_ids() == []


@pytest.mark.attack("damaged repositories")
def test_references_that_cannot_be_read_stop_no_other_repository(tmp_path: Path) -> None:
    root = tmp_path / "hub"
    with in_process(root) as wire:
        fill(wire)
        spoil(wire, unread_references)
        maintain(wire.hub)
        assert wire.ask("GET", "/api/datasets/NERSC/good").json["sha"]
        assert wire.ask("GET", "/api/datasets/NERSC/bad").status in {403, 404, 500}
    assert {problem.where for problem in check(root).problems} == {"datasets/NERSC/bad"}


@pytest.mark.attack("damaged repositories")
@pytest.mark.parametrize("how", [many_paths, deep_tree, lost_tree, damaged_tree, damaged_file])
def test_a_bad_repository_of_an_earlier_server_is_served_within_limits(
    tmp_path: Path, how: Callable[[GitRepository], None]
) -> None:
    with in_process(tmp_path / "hub", limits=Limits(git=GitLimits(paths=1_500))) as wire:
        fill(wire)
        spoil(wire, how)
        for path in (
            "/api/datasets/NERSC/bad",
            "/api/datasets/NERSC/bad/revision/main?blobs=true",
            "/api/datasets/NERSC/bad/tree/main?recursive=true",
            "/api/datasets/NERSC/bad/tree/main?recursive=true&expand=true&limit=5",
            "/api/datasets/NERSC/bad/treesize/main",
            "/api/datasets/NERSC/bad/commits/main",
            "/datasets/NERSC/bad/resolve/main/README.md",
            "/datasets/NERSC/bad/tree/main",
            "/datasets/NERSC/bad/commits/main",
        ):
            answer = wire.ask("GET", path, user="ada")
            assert answer.status in {200, 404, 422, 500}
            assert answer.status != 500 or b"missing or damaged" in answer.body


@pytest.mark.attack("damaged repositories")
@pytest.mark.parametrize("how", HOW, ids=lambda how: how.__name__)
def test_a_clone_of_a_bad_repository_is_answered(
    tmp_path: Path, how: Callable[[GitRepository], None]
) -> None:
    with in_process(tmp_path / "hub") as wire:
        fill(wire)
        head = spoil(wire, how).refs.raw(MAIN)
        body = f"0054want {head} side-band-64k thin-pack ofs-delta\n00000009done\n"
        headers = {"Content-Type": "application/x-git-upload-pack-request"}
        path = "/datasets/NERSC/bad/git-upload-pack"
        answer = wire.ask("POST", path, body.encode(), headers=headers)
        if how is lost_commit:  # then main is not offered, and git would not ask for it
            assert answer.status == 400
        else:
            assert answer.status == 200 or b"missing or damaged" in answer.body
