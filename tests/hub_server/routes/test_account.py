"""Users, organizations, and what belongs to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.hub_server.in_process import InProcess


def test_people_and_organizations_are_shown_with_their_members(fresh: InProcess) -> None:
    me = fresh.ask("GET", "/api/whoami-v2", user="bob").json
    assert (me["name"], [org["name"] for org in me["orgs"]]) == ("bob", ["Closed", "NERSC"])
    assert fresh.ask("GET", "/api/whoami-v2").status == 401
    assert fresh.ask("GET", "/api/users/ada/overview").json["user"] == "ada"
    assert fresh.ask("GET", "/api/users/none/overview").status == 404
    assert len(fresh.ask("GET", "/api/organizations/NERSC/members").json) == 2
    assert fresh.ask("GET", "/api/agent-harnesses").json["harnesses"] == {}


def test_my_repositories_are_listed_with_their_size(filled: InProcess) -> None:
    rows = filled.ask("GET", "/api/organizations/NERSC/settings/repositories", user="bob").json
    assert [(row["id"], row["visibility"]) for row in rows] == [("NERSC/iris", "public")]
    assert rows[0]["storage"] > 10
    path = "/api/organizations/NERSC/settings/repositories"
    assert filled.ask("GET", path, user="eve").status == 403
    assert filled.ask("GET", "/api/settings/repositories", user="eve").json == []
