"""Who gets the files of a gated repository, and who decides it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.hub_server.in_process import in_process
from tests.hub_server.wire import text_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.hub_server.in_process import InProcess

API = "/api/datasets/NERSC/iris"
REQUESTS = f"{API}/user-access-request"
FILE = "/datasets/NERSC/iris/resolve/main/a.txt"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[InProcess]:
    with in_process(tmp_path / "hub") as running:
        running.create("NERSC/iris")
        running.commit("NERSC/iris", text_file("a.txt", "x"))
        gate(running, "manual")
        yield running


def gate(hub: InProcess, gated: str) -> None:
    assert hub.ask("PUT", f"{API}/settings", {"gated": gated}, user="ada").status == 200


def test_files_go_to_members_and_accepted_users_only(hub: InProcess) -> None:
    assert [hub.ask("GET", FILE, user=user).status for user in (None, "eve", "ada")] == [
        401,
        403,
        200,
    ]
    assert hub.ask("GET", FILE, user="eve").headers["x-error-code"] == "GatedRepo"
    assert hub.ask("POST", f"{API}/ask-access", user="eve").json == {"status": "pending"}
    assert hub.ask("GET", FILE, user="eve").status == 403
    decision = {"user": "eve", "status": "accepted"}
    assert hub.ask("POST", f"{REQUESTS}/handle", decision, user="ada").status == 200
    assert hub.ask("GET", FILE, user="eve").status == 200
    assert [
        row["requestId"] for row in hub.ask("GET", f"{REQUESTS}/accepted", user="ada").json
    ] == ["eve"]


def test_an_automatic_gate_accepts_at_once(hub: InProcess) -> None:
    gate(hub, "auto")
    assert hub.ask("POST", f"{API}/ask-access", user="eve").json == {"status": "accepted"}
    assert hub.ask("GET", FILE, user="eve").status == 200


def test_only_an_owner_decides_and_only_about_a_request(hub: InProcess) -> None:
    decision = {"user": "eve", "status": "accepted"}
    assert hub.ask("POST", f"{REQUESTS}/handle", decision, user="eve").status == 403
    assert hub.ask("POST", f"{REQUESTS}/handle", decision, user="ada").status == 404
    assert hub.ask("GET", f"{REQUESTS}/other", user="ada").status == 400
    assert hub.ask("POST", f"{REQUESTS}/grant", {"user": "none"}, user="ada").status == 404
    assert hub.ask("POST", f"{REQUESTS}/grant", {"user": "eve"}, user="ada").status == 200
    assert hub.ask("POST", f"{REQUESTS}/grant", {"user": "eve"}, user="ada").status == 400
    assert hub.ask("POST", f"{REQUESTS}/handle", decision, user="ada").status == 404
    assert hub.ask("GET", FILE, user="eve").status == 200


def test_an_open_repository_has_no_gate_to_ask_at(hub: InProcess) -> None:
    gate(hub, "false")
    assert hub.ask("POST", f"{API}/ask-access", user="eve").status == 400
    assert hub.ask("GET", FILE).status == 200
