"""The real git against a running Hub."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from huggingnersc.hub_server.hub_context import Limits
from huggingnersc.hub_server.storage.limits import GitLimits
from tests.hub_server.hostile_packs import PackWriter, push
from tests.hub_server.wire import text_file, wired

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hub_server.hostile_packs import PackWriter, push
from tests.hub_server.wire import Wire

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def git(folder: Path, *words: str, fails: bool = False) -> str:
    environment = {
        **os.environ,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Ada",
        "GIT_AUTHOR_EMAIL": "ada@localhost",
        "GIT_COMMITTER_NAME": "Ada",
        "GIT_COMMITTER_EMAIL": "ada@localhost",
    }
    done = subprocess.run(
        ["git", *words], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode != 0) == fails, done.stderr
    return done.stdout + done.stderr


def address(wire: Wire, user: str | None, repo_id: str = "NERSC/iris") -> str:
    login = f"{user}:hf_token_of_{user}@" if user else ""
    return wire.endpoint.replace("http://", f"http://{login}") + f"/datasets/{repo_id}"


@pytest.fixture
def work(wire: Wire, tmp_path: Path) -> Path:
    wire.create("NERSC/iris")
    wire.commit("NERSC/iris", text_file("a.txt", "one"))
    git(tmp_path, "clone", address(wire, "ada"), "work")
    return tmp_path / "work"


def change(work: Path, name: str, content: str) -> None:
    (work / name).write_text(content)
    git(work, "add", name)
    git(work, "commit", "-m", f"change {name}")


def test_clone_edit_push_and_the_api_sees_it(wire: Wire, work: Path) -> None:
    assert (work / "a.txt").read_text() == "one"
    change(work, "README.md", "---\nlicense: mit\n---\n# Iris\n")
    git(work, "push")
    shown = wire.ask("GET", "/api/datasets/NERSC/iris").json
    assert shown["sha"] == git(work, "rev-parse", "HEAD").strip()
    assert shown["tags"] == ["license:mit"]
    listed = wire.ask("GET", "/api/datasets?filter=license:mit").json
    assert [row["id"] for row in listed] == ["NERSC/iris"]


def test_many_small_pushes_leave_no_pack_to_be_held_open(wire: Wire) -> None:
    wire.create("NERSC/iris")
    for number in range(5):
        pack = PackWriter()
        new = pack.commit(pack.tree(("100644", b"a", pack.blob(b"%d" % number))))
        answer = push(wire, pack.bytes(), (f"refs/heads/b{number}", "0" * 40, new))
        assert b"ok refs" in answer.body
    assert list(wire.hub.root.rglob("*.pack")) == []


def test_a_fetch_gets_what_the_api_committed(wire: Wire, work: Path) -> None:
    wire.commit("NERSC/iris", text_file("b.txt", "two"))
    git(work, "pull")
    assert (work / "b.txt").read_text() == "two"
    git(work, "gc", "--prune=now")


def test_branches_and_annotated_tags_are_pushed_and_deleted(wire: Wire, work: Path) -> None:
    git(work, "checkout", "-b", "dev/x")
    change(work, "b.txt", "two")
    git(work, "tag", "-a", "v1", "-m", "one")
    git(work, "push", "origin", "dev/x", "v1")
    refs = wire.ask("GET", "/api/datasets/NERSC/iris/refs").json
    head = git(work, "rev-parse", "HEAD").strip()
    assert {ref["name"]: ref["targetCommit"] for ref in refs["branches"]}["dev/x"] == head
    assert refs["tags"][0]["targetCommit"] == head
    git(work, "push", "origin", ":dev/x", ":v1")
    refs = wire.ask("GET", "/api/datasets/NERSC/iris/refs").json
    assert [ref["name"] for ref in refs["branches"]] == ["main"]


def test_a_push_behind_the_branch_is_refused(wire: Wire, work: Path) -> None:
    wire.commit("NERSC/iris", text_file("b.txt", "two"))
    change(work, "c.txt", "three")
    assert "rejected" in git(work, "push", fails=True)
    git(work, "pull", "--rebase")
    git(work, "push")
    assert wire.ask("GET", "/datasets/NERSC/iris/resolve/main/b.txt").body == b"two"


def test_main_cannot_be_deleted(work: Path) -> None:
    assert "main cannot be deleted" in git(work, "push", "origin", ":main", fails=True)


def test_a_reference_of_our_own_rooms_only(work: Path) -> None:
    assert "not accepted" in git(work, "push", "origin", "main:refs/x/y", fails=True)


def test_a_refused_reference_stops_the_others_of_an_atomic_push_only(
    wire: Wire, work: Path
) -> None:
    change(work, "b.txt", "two")
    both = ("origin", "main:refs/heads/good", "main:refs/x/y")
    git(work, "push", "--atomic", *both, fails=True)
    refs = "/api/datasets/NERSC/iris/refs"
    assert [ref["name"] for ref in wire.ask("GET", refs).json["branches"]] == ["main"]
    git(work, "push", *both, fails=True)
    assert [ref["name"] for ref in wire.ask("GET", refs).json["branches"]] == ["good", "main"]


def test_git_shows_why_a_file_is_too_big_for_it(tmp_path: Path) -> None:
    with wired(tmp_path / "hub", limits=Limits(git=GitLimits(blob_bytes=1_000))) as wire:
        wire.create("NERSC/iris")
        git(tmp_path, "clone", address(wire, "ada"), "work")
        change(tmp_path / "work", "a.txt", "x" * 1_001)
        assert "git-lfs" in git(tmp_path / "work", "push", fails=True)


def test_a_pointer_without_its_big_file_is_refused(work: Path) -> None:
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'ab' * 32}\nsize 5\n"
    change(work, "big.dat", pointer)
    assert "was not uploaded" in git(work, "push", fails=True)


def test_reading_needs_no_token_and_pushing_does(wire: Wire, work: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--depth", "1", address(wire, None) + ".git", "open")
    assert (tmp_path / "open" / "a.txt").is_file()
    change(tmp_path / "open", "d.txt", "x")
    git(tmp_path / "open", "push", fails=True)
    git(tmp_path / "open", "push", address(wire, "eve"), "HEAD:main", fails=True)
    assert wire.ask("GET", "/datasets/NERSC/iris/resolve/main/d.txt").status == 404


def test_a_private_repository_is_cloned_with_a_token_only(wire: Wire, tmp_path: Path) -> None:
    wire.create("NERSC/secret", private=True)
    git(tmp_path, "clone", address(wire, None, "NERSC/secret"), "no", fails=True)
    git(tmp_path, "clone", address(wire, "eve", "NERSC/secret"), "no", fails=True)
    git(tmp_path, "clone", address(wire, "bob", "NERSC/secret"), "yes")


def test_a_clone_that_asks_for_a_filter_gets_everything(
    wire: Wire, work: Path, tmp_path: Path
) -> None:
    assert work.is_dir()
    git(tmp_path, "clone", "--filter=blob:none", address(wire, "ada"), "partial")
    assert (tmp_path / "partial" / "a.txt").read_text() == "one"


def test_a_big_push_is_stored_packed(wire: Wire, work: Path) -> None:
    (work / "many").mkdir()
    for number in range(500):
        (work / "many" / f"{number}.txt").write_text(f"{number}\n" * 100)
    git(work, "add", ".")
    git(work, "commit", "-m", "many")
    git(work, "push")
    listed = wire.ask("GET", "/api/datasets/NERSC/iris/tree/main/many").json
    assert len(listed) == 500


@pytest.mark.system("git-lfs")
@pytest.mark.skipif(shutil.which("git-lfs") is None, reason="git-lfs is not installed")
def test_git_lfs_pushes_and_fetches_big_files(wire: Wire, work: Path, tmp_path: Path) -> None:
    git(work, "lfs", "install", "--local")
    data = bytes(range(256)) * 1000
    (work / "big.bin").write_bytes(data)
    git(work, "add", "big.bin")
    git(work, "commit", "-m", "big")
    git(work, "push")
    answer = wire.ask("GET", "/datasets/NERSC/iris/resolve/main/big.bin")
    assert (answer.body, answer.headers["x-linked-size"]) == (data, str(len(data)))
    git(tmp_path, "-c", "filter.lfs.process=git-lfs filter-process", "-c",
        "filter.lfs.required=true", "clone", address(wire, None), "again")  # fmt: skip
    assert (tmp_path / "again" / "big.bin").read_bytes() == data


def test_a_body_that_is_not_git_s_is_refused(wire: Wire, work: Path) -> None:
    assert work.is_dir()
    for service in ("git-upload-pack", "git-receive-pack"):
        headers = {"Content-Type": f"application/x-{service}-request"}
        path = f"/datasets/NERSC/iris/{service}"
        for body in (b"zzzz", b"0005", b"0032want " + b"0" * 41, b"\xff" * 100):
            answer = wire.ask("POST", path, body, user="ada", headers=headers)
            assert answer.status in {200, 400}
        packed = {**headers, "Content-Encoding": "gzip"}
        assert wire.ask("POST", path, b"no gzip", user="ada", headers=packed).status == 400
        assert wire.ask("POST", path, b"0000", user="ada").status == 415
    assert wire.ask("GET", "/datasets/NERSC/iris/info/refs?service=git-daemon").status == 403
    assert wire.ask("GET", "/datasets/NERSC/iris/info/refs").status == 403


def test_a_shallow_clone_can_push(wire: Wire, work: Path, tmp_path: Path) -> None:
    change(work, "b.txt", "two")
    git(work, "push")
    git(tmp_path, "clone", "--depth", "1", address(wire, "ada"), "shallow")
    change(tmp_path / "shallow", "c.txt", "three")
    git(tmp_path / "shallow", "push")
    git(work, "pull")
    assert (work / "c.txt").read_text() == "three"
