"""What a commit may hold, where it may go, and what it leaves when it is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from huggingnersc.hub_server.hub_context import Limits
from huggingnersc.hub_server.services import commits
from tests.hub_server.in_process import in_process
from tests.hub_server.wire import text_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.hub_server.in_process import InProcess
    from tests.hub_server.wire import Answer

API = "/api/datasets/NERSC/iris"
LIMITS = Limits(commit_body=4_000, commit_line=1_000)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InProcess]:
    with in_process(tmp_path_factory.mktemp("commit"), limits=LIMITS) as hub:
        hub.create("NERSC/iris")
        yield hub


@pytest.fixture
def hub(shared: InProcess) -> InProcess:
    shared.commit("NERSC/iris", text_file("a.txt", "x"))
    return shared


def head(hub: InProcess) -> str:
    sha: str = hub.ask("GET", API).json["sha"]
    return sha


def committed(hub: InProcess, parent: str | None, *lines: tuple[str, object]) -> Answer:
    header = ("header", {"summary": "change", "parentCommit": parent})
    text = "\n".join(json.dumps({"key": key, "value": v}) for key, v in (header, *lines))
    return hub.ask("POST", f"{API}/commit/main", text.encode(), user="ada")


def paths(hub: InProcess) -> set[str]:
    return {row["path"] for row in hub.ask("GET", f"{API}/tree/main?recursive=true").json}


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("deletedFile", "none.txt"),
        ("deletedFile", "a.txt/none"),
        ("deletedFolder", "none"),
        ("deletedFolder", "a.txt"),
        ("deletedEntry", "none"),
    ],
)
def test_deleting_what_is_missing_is_a_404_and_changes_nothing(
    hub: InProcess, key: str, path: str
) -> None:
    before = head(hub)
    answer = hub.commit("NERSC/iris", text_file("b.txt", "x"), (key, {"path": path}))
    assert (answer.status, answer.headers["x-error-code"]) == (404, "EntryNotFound")
    assert head(hub) == before


def test_a_body_or_a_line_over_its_limit_is_a_413_and_one_at_the_limit_is_taken(
    hub: InProcess,
) -> None:
    before = head(hub)
    line = json.dumps({"key": "file", "value": {"path": "b", "content": ""}})
    fits = text_file("b", "x" * (LIMITS.commit_line - len(line) - len(', "encoding": "utf-8"')))
    over = text_file("b", "x" * LIMITS.commit_line)
    assert hub.commit("NERSC/iris", over).status == 413
    parts = [text_file(f"b{n}", "x" * 800) for n in range(5)]
    assert hub.commit("NERSC/iris", *parts).status == 413
    assert head(hub) == before
    assert hub.commit("NERSC/iris", fits).status == 200


def test_a_commit_of_too_many_operations_is_a_413(
    hub: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commits, "MAX_OPERATIONS", 3)
    before = head(hub)
    files = [text_file(f"n{number}", "") for number in range(4)]
    assert hub.commit("NERSC/iris", *files).status == 413
    assert head(hub) == before
    assert hub.commit("NERSC/iris", *files[:3]).status == 200


def test_a_commit_needs_the_parent_it_names(hub: InProcess) -> None:
    for length in (40, 7):
        assert committed(hub, head(hub)[:length], text_file("p.txt", "x")).status == 200
    assert committed(hub, head(hub).upper(), text_file("p.txt", "x")).status == 200
    stale = head(hub)
    for parent in (stale[:6], "0" * 40, "main"):
        assert committed(hub, parent, text_file("q.txt", "x")).status == 412
    assert committed(hub, None, text_file("p.txt", "again")).status == 200
    assert committed(hub, stale, text_file("q.txt", "x")).status == 412
    assert "q.txt" not in paths(hub)


def test_an_emptied_repository_is_filled_again(hub: InProcess) -> None:
    deletions = [
        ("deletedEntry", {"path": path}) for path in {p.split("/")[0] for p in paths(hub)}
    ]
    assert hub.commit("NERSC/iris", *deletions).status == 200
    assert paths(hub) == set()
    assert hub.ask("GET", API).json["siblings"] == []
    assert hub.commit("NERSC/iris", text_file("d/new.txt", "x")).status == 200
    assert paths(hub) == {"d", "d/new.txt"}
    assert hub.hub.registry.ids()


@pytest.mark.parametrize("name", ["packed-refs.lock", "HEAD.lock", "refs/heads/main.lock"])
def test_a_lock_that_a_killed_server_left_stops_no_commit(hub: InProcess, name: str) -> None:
    (storage_id,) = hub.hub.registry.ids()
    lock = hub.hub.store.path(storage_id) / name
    lock.write_text("left by a killed server")
    assert hub.commit("NERSC/iris", text_file("locked.txt", name)).status == 200
    assert not lock.exists()


def test_a_lock_that_a_killed_server_left_stops_no_deletion_of_a_branch(hub: InProcess) -> None:
    assert hub.ask("POST", f"{API}/branch/gone", {}, user="ada").status == 200
    (storage_id,) = hub.hub.registry.ids()
    (hub.hub.store.path(storage_id) / "packed-refs.lock").write_text("left by a killed server")
    assert hub.ask("DELETE", f"{API}/branch/gone", user="ada").status == 200
    names = [ref["name"] for ref in hub.ask("GET", f"{API}/refs").json["branches"]]
    assert names == ["main"]


def test_a_commit_without_a_header_or_a_user_is_refused(hub: InProcess) -> None:
    line = json.dumps({"key": "file", "value": {"path": "a", "content": "x"}}).encode()
    assert hub.ask("POST", f"{API}/commit/main", line, user="ada").status == 400
    assert hub.ask("POST", f"{API}/commit/main", line).status == 401
    assert hub.ask("POST", f"{API}/commit/main", line, user="eve").status == 403
    assert hub.ask("POST", f"{API}/commit/main?create_pr=1", line).status == 401


def test_a_file_does_not_take_the_place_of_a_folder(filled: InProcess) -> None:
    filled.commit("NERSC/iris", text_file("d/x.txt", "1"))
    assert filled.commit("NERSC/iris", text_file("d", "1")).status == 422
    both = (text_file("n", "1"), text_file("n/x", "1"))
    assert filled.commit("NERSC/iris", *both).status == 422
    replaced = (("deletedFolder", {"path": "d/"}), text_file("d", "1"))
    assert filled.commit("NERSC/iris", *replaced).status == 200


def test_a_commit_goes_to_a_branch_that_exists(filled: InProcess) -> None:
    for rev in ("nowhere", "refs%2Fpr%2F9", "refs%2Fother%2Fx", "0" * 40):
        assert filled.commit("NERSC/iris", text_file("b", "x"), rev=rev).status == 404
    filled.ask("POST", f"{API}/branch/dev%2Fx", {"startingPoint": "main"}, user="ada")
    assert filled.commit("NERSC/iris", text_file("b", "x"), rev="dev%2Fx").status == 200
    assert filled.ask("GET", "/datasets/NERSC/iris/resolve/dev%2Fx/b").body == b"x"
    assert filled.ask("GET", "/datasets/NERSC/iris/resolve/main/b").status == 404


def test_a_commit_message_is_kept_as_text(hub: InProcess) -> None:
    header = {"key": "header", "value": {"summary": "<b>\nauthor x <y> 1\n", "description": "\0"}}
    body = (
        json.dumps(header).encode()
        + b"\n"
        + json.dumps(
            {"key": "file", "value": {"path": "b", "content": "x", "encoding": "utf-8"}}
        ).encode()
    )
    assert hub.ask("POST", "/api/datasets/NERSC/iris/commit/main", body, user="ada").status == 200
    first = hub.ask("GET", "/api/datasets/NERSC/iris/commits/main").json[0]
    assert first["title"] == "<b>"
    assert first["authors"][0]["user"] == "ada"
