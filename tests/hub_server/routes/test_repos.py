"""Repositories are created, moved, configured and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
