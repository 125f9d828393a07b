"""Branches and tags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.hub_server.wire import text_file

if TYPE_CHECKING:
    from tests.hub_server.in_process import InProcess

API = "/api/datasets/NERSC/iris"


def refs(hub: InProcess, query: str = "") -> dict[str, dict[str, str]]:
    found: dict[str, list[dict[str, Any]]] = hub.ask("GET", f"{API}/refs{query}").json
    return {
        kind: {row["name"]: row["targetCommit"] for row in rows} for kind, rows in found.items()
    }


def head(hub: InProcess) -> str:
    sha: str = hub.ask("GET", API).json["sha"]
    return sha


def test_a_branch_starts_at_main_at_a_revision_or_empty(filled: InProcess) -> None:
    old = head(filled)
    new = filled.commit("NERSC/iris", text_file("b.txt", "x")).json["commitOid"]
    bodies = {"now": {}, "then": {"startingPoint": old}, "none": {"emptyBranch": True}}
    for name, body in bodies.items():
        assert filled.ask("POST", f"{API}/branch/{name}", body, user="ada").status == 200
    branches = refs(filled)["branches"]
    assert (branches["main"], branches["now"], branches["then"]) == (new, new, old)
    empty = filled.ask("GET", f"{API}/revision/none").json
    assert [row["rfilename"] for row in empty["siblings"]] == [".gitattributes"]
    assert len(filled.ask("GET", f"{API}/commits/none").json) == 1


def test_a_ref_that_exists_is_a_409_and_a_start_that_does_not_a_404(filled: InProcess) -> None:
    filled.ask("POST", f"{API}/branch/dev", {}, user="ada")
    filled.ask("POST", f"{API}/tag/main", {"tag": "v1"}, user="ada")
    before = refs(filled)
    asked: tuple[tuple[str, dict[str, object], int], ...] = (
        ("branch/dev", {}, 409),
        ("branch/main", {}, 409),
        ("tag/main", {"tag": "v1"}, 409),
        ("branch/x", {"startingPoint": "none"}, 404),
        ("branch/x", {"startingPoint": 5}, 400),
        ("tag/none", {"tag": "v2"}, 404),
        ("tag/main", {}, 400),
    )
    for path, body, status in asked:
        assert filled.ask("POST", f"{API}/{path}", body, user="ada").status == status
    assert refs(filled) == before


def test_a_tag_points_at_its_commit_with_or_without_a_message(filled: InProcess) -> None:
    sha = head(filled)
    filled.ask("POST", f"{API}/tag/main", {"tag": "v1"}, user="ada")
    filled.ask("POST", f"{API}/tag/{sha}", {"tag": "v2", "message": "two"}, user="ada")
    filled.commit("NERSC/iris", text_file("a.txt", "new"))
    for tag in ("v1", "v2"):
        assert filled.ask("GET", f"{API}/revision/{tag}").json["sha"] == sha
        assert filled.ask("GET", f"/datasets/NERSC/iris/resolve/{tag}/a.txt").body == b"0123456789"
    assert set(refs(filled)["tags"]) == {"v1", "v2"}


def test_deleted_refs_are_gone_and_main_stays(filled: InProcess) -> None:
    filled.ask("POST", f"{API}/branch/a%2Fb", {}, user="ada")
    filled.ask("POST", f"{API}/tag/main", {"tag": "v1"}, user="ada")
    for path in ("branch/a%2Fb", "tag/v1"):
        assert filled.ask("DELETE", f"{API}/{path}", user="ada").status == 200
        assert filled.ask("DELETE", f"{API}/{path}", user="ada").status == 404
    assert filled.ask("DELETE", f"{API}/branch/main", user="ada").status == 403
    found = refs(filled)
    assert (set(found["branches"]), found["tags"]) == ({"main"}, {})


def test_pull_requests_are_listed_when_asked(filled: InProcess) -> None:
    body = {"title": "t", "pullRequest": True}
    filled.ask("POST", f"{API}/discussions", body, user="eve")
    assert set(refs(filled)) == {"branches", "converts", "tags"}
    assert refs(filled, "?include_prs=1")["pullRequests"] == {"1": head(filled)}


def test_a_squashed_branch_is_one_commit_with_the_same_files(filled: InProcess) -> None:
    filled.commit("NERSC/iris", text_file("d/b.txt", "x"))
    tree = f"{API}/tree/main?recursive=true"
    before = filled.ask("GET", tree).json
    body = {"message": "One"}
    assert filled.ask("POST", f"{API}/super-squash/main", body, user="ada").status == 200
    (only,) = filled.ask("GET", f"{API}/commits/main").json
    assert (only["title"], only["id"]) == ("One", head(filled))
    assert filled.ask("GET", tree).json == before
    assert filled.ask("POST", f"{API}/super-squash/none", {}, user="ada").status == 404


@pytest.mark.parametrize(("user", "status"), [(None, 401), ("eve", 403), ("bob", 403)])
def test_only_writers_change_refs_and_everyone_reads_them(
    iris: InProcess, user: str | None, status: int
) -> None:
    asked = (
        ("POST", "branch/dev"),
        ("DELETE", "branch/dev"),
        ("POST", "tag/main"),
        ("DELETE", "tag/v1"),
        ("POST", "super-squash/main"),
    )
    for method, path in asked:
        assert iris.ask(method, f"{API}/{path}", {"tag": "v1"}, user=user).status == status
    assert iris.ask("GET", f"{API}/refs", user=user).status == 200
    assert set(refs(iris)["branches"]) == {"main"}
