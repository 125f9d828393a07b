"""The big files of a repository: listed, deleted, shared with another."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc.hub_server import check
from huggingnersc.hub_server.routes import lfs_files
from tests.hub_server.wire import lfs_file, text_file

if TYPE_CHECKING:
    from tests.hub_server.in_process import InProcess
    from tests.hub_server.wire import Answer

API = "/api/datasets/NERSC/iris"
DATA = bytes(range(256)) * 40
OID = sha256(DATA).hexdigest()


@pytest.fixture
def stored(fresh: InProcess) -> InProcess:
    """A Hub with big.bin in NERSC/iris, and an empty dataset of every user."""
    fresh.create("NERSC/iris")
    fresh.store("NERSC/iris", "big.bin", DATA)
    for user in ("ada", "eve"):
        fresh.create(f"{user}/own", user=user)
    return fresh


def duplicate(
    hub: InProcess, target: object, *oids: object, user: str | None = "ada", source: str = API
) -> Answer:
    if isinstance(target, str):
        target = {"type": "dataset", "name": target}
    body = {"target": target, "files": [{"sha256": oid, "filename": "x"} for oid in oids]}
    return hub.ask("POST", f"{source}/lfs-files/duplicate", body, user=user)


def listed(hub: InProcess, api: str = API, user: str | None = "ada") -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = hub.ask("GET", f"{api}/lfs-files", user=user).json
    return rows


def test_files_deleted_for_good_are_in_no_commit(fresh: InProcess) -> None:
    fresh.create("NERSC/iris")
    fresh.store("NERSC/iris", "d/b.bin", DATA)
    fresh.commit("NERSC/iris", text_file("a.txt", "x"))
    listed = fresh.ask("GET", f"{API}/lfs-files", user="ada").json
    assert [(row["filename"], row["ref"]) for row in listed] == [("d/b.bin", "refs/heads/main")]
    body = {"deletions": {"sha": [OID], "rewriteHistory": True}}
    assert fresh.ask("POST", f"{API}/lfs-files/batch", body, user="ada").status == 200
    assert fresh.ask("GET", f"{API}/lfs-files", user="ada").json == []
    commits = fresh.ask("GET", f"{API}/commits/main").json
    assert len(commits) == 3
    for commit in commits:
        tree = fresh.ask("GET", f"{API}/tree/{commit['id']}?recursive=true").json
        assert all(not row["path"].startswith("d") for row in tree)
    assert fresh.ask("GET", API).json["sha"] == commits[0]["id"]
    assert check(fresh.hub.root).sound


def test_a_file_is_listed_with_the_first_ref_that_holds_it(stored: InProcess) -> None:
    stored.ask("POST", f"{API}/branch/dev", {}, user="ada")
    (row,) = listed(stored)
    assert (row["oid"], row["fileOid"], row["size"]) == (OID, OID, len(DATA))
    assert (row["filename"], row["ref"]) == ("big.bin", "refs/heads/main")


def test_a_file_in_no_commit_is_listed_without_a_name(stored: InProcess) -> None:
    other = b"never committed"
    href = stored.upload_actions("NERSC/iris", other)["upload"]["href"]
    assert stored.follow(href, "PUT", other).status == 200
    names = {row["oid"]: (row["filename"], row["ref"]) for row in listed(stored)}
    assert names[sha256(other).hexdigest()] == ("", None)


def test_the_list_is_paged_without_loss(
    stored: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored.store("NERSC/iris", "b.bin", b"b")
    stored.store("NERSC/iris", "c.bin", b"c")
    monkeypatch.setattr(lfs_files, "PAGE", 2)
    first = stored.ask("GET", f"{API}/lfs-files", user="ada")
    rest = first.headers["link"].split(">")[0][1:].removeprefix(stored.endpoint)
    second = stored.ask("GET", rest, user="ada")
    assert "link" not in second.headers
    names = [row["filename"] for row in (*first.json, *second.json)]
    assert sorted(names) == ["b.bin", "big.bin", "c.bin"]
    for cursor in ("x", "Wy0xXQ"):
        answer = stored.ask("GET", f"{API}/lfs-files?cursor={cursor}", user="ada")
        assert answer.status == 400


@pytest.mark.parametrize(("user", "status"), [(None, 401), ("eve", 403), ("bob", 403)])
def test_only_writers_list_and_only_owners_delete(
    stored: InProcess, user: str | None, status: int
) -> None:
    body = {"deletions": {"sha": [OID]}}
    assert stored.ask("GET", f"{API}/lfs-files", user=user).status == status
    assert stored.ask("POST", f"{API}/lfs-files/batch", body, user=user).status == status
    assert [row["oid"] for row in listed(stored)] == [OID]


@pytest.mark.parametrize("deletions", [None, [], {}, {"sha": "x"}])
def test_a_deletion_that_is_not_understood_deletes_nothing(
    stored: InProcess, deletions: object
) -> None:
    body = {"deletions": deletions}
    assert stored.ask("POST", f"{API}/lfs-files/batch", body, user="ada").status == 400
    assert [row["oid"] for row in listed(stored)] == [OID]


def test_a_duplicated_file_is_committed_without_an_upload(stored: InProcess) -> None:
    answer = duplicate(stored, "ada/own", OID)
    assert (answer.status, answer.json) == (200, {"failed": []})
    assert [row["oid"] for row in listed(stored, "/api/datasets/ada/own")] == [OID]
    assert stored.commit("ada/own", lfs_file("b.bin", DATA)).status == 200
    assert stored.ask("GET", "/datasets/ada/own/resolve/main/b.bin").body == DATA


def test_a_duplicate_outlives_the_deletion_in_its_source(stored: InProcess) -> None:
    duplicate(stored, "ada/own", OID)
    stored.commit("ada/own", lfs_file("b.bin", DATA))
    body = {"deletions": {"sha": [OID], "rewriteHistory": True}}
    assert stored.ask("POST", f"{API}/lfs-files/batch", body, user="ada").status == 200
    assert listed(stored) == []
    assert stored.ask("GET", "/datasets/ada/own/resolve/main/b.bin").body == DATA
    assert check(stored.hub.root).sound


def test_what_the_source_does_not_hold_is_reported_and_the_rest_is_shared(
    stored: InProcess,
) -> None:
    stored.create("NERSC/secret", private=True)
    hidden = stored.store("NERSC/secret", "a.bin", b"hidden")
    failed = duplicate(stored, "ada/own", hidden, "../x", 5, OID, "ab" * 32).json["failed"]
    assert [one["sha256"] for one in failed] == [hidden, "../x", "5", "ab" * 32]
    assert [row["oid"] for row in listed(stored, "/api/datasets/ada/own")] == [OID]


def test_a_reader_of_the_source_who_writes_the_target_may_duplicate(stored: InProcess) -> None:
    assert duplicate(stored, "eve/own", OID, user="eve").json == {"failed": []}
    assert duplicate(stored, "ada/own", OID, user="eve").status == 403
    assert duplicate(stored, "ada/own", OID, user=None).status == 401
    assert duplicate(stored, "eve/none", OID, user="eve").status == 404


def test_a_hidden_source_shares_nothing(stored: InProcess) -> None:
    stored.create("NERSC/secret", private=True)
    hidden = stored.store("NERSC/secret", "a.bin", b"hidden")
    secret = "/api/datasets/NERSC/secret"
    assert duplicate(stored, "eve/own", hidden, user="eve", source=secret).status == 404
    assert listed(stored, "/api/datasets/eve/own", "eve") == []


def test_a_gated_source_shares_with_accepted_users_only(stored: InProcess) -> None:
    gate = {"gated": "manual"}
    assert stored.ask("PUT", f"{API}/settings", gate, user="ada").status == 200
    assert duplicate(stored, "eve/own", OID, user="eve").status == 403
    grant = {"user": "eve"}
    path = f"{API}/user-access-request/grant"
    assert stored.ask("POST", path, grant, user="ada").status == 200
    assert duplicate(stored, "eve/own", OID, user="eve").json == {"failed": []}
    assert [row["oid"] for row in listed(stored, "/api/datasets/eve/own", "eve")] == [OID]


@pytest.mark.parametrize(
    "target", [None, {}, [], {"type": "dataset", "name": "x"}, {"type": "paper", "name": "ada/x"}]
)
def test_a_target_that_is_no_repository_is_refused(stored: InProcess, target: object) -> None:
    assert duplicate(stored, target, OID).status == 400


@pytest.mark.parametrize("files", [None, {}, ["x"], "x"])
def test_the_files_to_duplicate_are_a_list_of_objects(stored: InProcess, files: object) -> None:
    body = {"target": {"type": "dataset", "name": "ada/own"}, "files": files}
    answer = stored.ask("POST", f"{API}/lfs-files/duplicate", body, user="ada")
    assert answer.status == 400
