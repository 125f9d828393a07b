"""Repositories are created, moved, configured and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.hub_server.in_process import InProcess

API = "/api/datasets/NERSC/iris"
FILE = "/datasets/NERSC/iris/resolve/main/a.txt"


def test_names_are_found_in_any_case_and_after_a_move(filled: InProcess) -> None:
    assert filled.ask("GET", "/api/datasets/nersc/IRIS").json["id"] == "NERSC/iris"
    move = {"fromRepo": "NERSC/iris", "toRepo": "NERSC/flowers", "type": "dataset"}
    assert filled.ask("POST", "/api/repos/move", move, user="ada").status == 200
    assert filled.ask("GET", API).json["id"] == "NERSC/flowers"
    assert filled.ask("GET", FILE).body == b"0123456789"
    filled.create("NERSC/iris")
    assert filled.ask("GET", API).json["id"] == "NERSC/iris"
    assert filled.ask("GET", FILE).status == 404


def body_of(repo_id: str, **more: object) -> dict[str, object]:
    namespace, name = repo_id.split("/")
    return {"name": name, "organization": namespace, "type": "dataset", **more}


def test_a_created_repository_has_one_commit_and_its_address(fresh: InProcess) -> None:
    answer = fresh.ask("POST", "/api/repos/create", body_of("NERSC/iris"), user="ada")
    assert (answer.status, answer.json["name"]) == (200, "NERSC/iris")
    assert answer.json["url"] == f"{fresh.endpoint}/datasets/NERSC/iris"
    assert len(fresh.ask("GET", f"{API}/commits/main").json) == 1
    assert fresh.ask("GET", API).json["private"] is False


def test_a_repository_that_exists_is_a_409_with_its_address(filled: InProcess) -> None:
    for name in ("NERSC/iris", "nersc/IRIS"):
        answer = filled.ask("POST", "/api/repos/create", body_of(name), user="ada")
        assert (answer.status, "/datasets/" in answer.json["url"]) == (409, True)
    model = filled.ask("POST", "/api/repos/create", body_of("NERSC/iris", type=None), user="ada")
    assert (model.status, model.json["url"]) == (200, f"{filled.endpoint}/NERSC/iris")


def test_a_name_without_a_namespace_is_the_user_s_own(fresh: InProcess) -> None:
    answer = fresh.ask("POST", "/api/repos/create", {"name": "own"}, user="eve")
    assert answer.json["name"] == "eve/own"
    move = {"fromRepo": "own", "toRepo": "mine"}
    assert fresh.ask("POST", "/api/repos/move", move, user="eve").status == 200
    assert fresh.ask("GET", "/api/models/eve/mine").json["id"] == "eve/mine"


@pytest.mark.parametrize(
    ("said", "private"),
    [
        ({}, True),
        ({"private": False}, False),
        ({"visibility": "public"}, False),
        ({"visibility": "protected"}, True),
        ({"visibility": "private", "private": False}, True),
    ],
)
def test_an_organization_decides_what_is_private_unless_the_request_does(
    fresh: InProcess, said: dict[str, object], private: bool
) -> None:
    body = body_of("Closed/x", **said)
    assert fresh.ask("POST", "/api/repos/create", body, user="ada").status == 200
    assert fresh.ask("GET", "/api/datasets/Closed/x", user="ada").json["private"] is private


@pytest.mark.parametrize(
    "more", [{"private": "yes"}, {"visibility": "open"}, {"type": "space"}, {"organization": 5}]
)
def test_a_request_that_is_not_understood_creates_nothing(
    fresh: InProcess, more: dict[str, object]
) -> None:
    body = body_of("NERSC/iris", **more)
    assert fresh.ask("POST", "/api/repos/create", body, user="ada").status == 400
    assert fresh.hub.registry.ids() == []


@pytest.mark.parametrize(("user", "status"), [(None, 401), ("eve", 403), ("bob", 403)])
def test_only_an_owner_deletes_moves_or_configures(
    filled: InProcess, user: str | None, status: int
) -> None:
    move = {"fromRepo": "NERSC/iris", "toRepo": "NERSC/x", "type": "dataset"}
    asked = (
        ("DELETE", "/api/repos/delete", body_of("NERSC/iris")),
        ("POST", "/api/repos/move", move),
        ("PUT", f"{API}/settings", {"private": True}),
    )
    for method, path, body in asked:
        assert filled.ask(method, path, body, user=user).status == status
    shown = filled.ask("GET", API).json
    assert (shown["id"], shown["private"]) == ("NERSC/iris", False)


def test_a_deleted_repository_leaves_no_files_and_its_name_is_free(filled: InProcess) -> None:
    (storage_id,) = filled.hub.registry.ids()
    folder = filled.hub.store.path(storage_id)
    assert folder.exists()
    answer = filled.ask("DELETE", "/api/repos/delete", body_of("NERSC/iris"), user="ada")
    assert (answer.status, folder.exists()) == (200, False)
    assert filled.ask("GET", API, user="ada").status == 404
    filled.create("NERSC/iris")
    assert filled.ask("GET", FILE).status == 404


def test_a_move_does_not_take_the_name_or_the_namespace_of_another(filled: InProcess) -> None:
    filled.create("NERSC/other")
    for target, status in (("NERSC/other", 409), ("eve/iris", 403), ("NERSC/a..b", 400)):
        move = {"fromRepo": "NERSC/iris", "toRepo": target, "type": "dataset"}
        assert filled.ask("POST", "/api/repos/move", move, user="ada").status == status
    assert filled.ask("GET", API).json["id"] == "NERSC/iris"


def test_settings_change_only_what_they_name(filled: InProcess) -> None:
    path = f"{API}/settings"
    steps = (
        ({"private": True}, (True, False)),
        ({"gated": "auto"}, (True, "auto")),
        ({"visibility": "public"}, (False, "auto")),
        ({"gated": False}, (False, False)),
    )
    for body, state in steps:
        assert filled.ask("PUT", path, body, user="ada").status == 200
        shown = filled.ask("GET", API, user="ada").json
        assert (shown["private"], shown["gated"]) == state
    assert filled.ask("PUT", path, {"gated": "maybe"}, user="ada").status == 400


@pytest.mark.parametrize(
    ("user", "read", "write"), [(None, 200, 403), ("eve", 200, 403), ("ada", 200, 200)]
)
def test_a_client_may_ask_what_it_may_do(
    iris: InProcess, user: str | None, read: int, write: int
) -> None:
    assert iris.ask("GET", f"{API}/auth-check", user=user).status == read
    assert iris.ask("GET", f"{API}/auth-check/write", user=user).status == write
    hidden = "/api/datasets/NERSC/secret/auth-check"
    assert iris.ask("GET", hidden, user=user).status == {None: 401, "eve": 404, "ada": 200}[user]
