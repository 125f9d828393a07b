"""Users, organizations, and what belongs to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

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


def test_a_person_is_described_with_organizations_and_roles(iris: InProcess) -> None:
    bob = iris.ask("GET", "/api/users/bob/overview").json
    roles = {org["name"]: org["roleInOrg"] for org in bob["orgs"]}
    assert roles == {"Closed": "read", "NERSC": "contributor"}
    assert iris.ask("GET", "/api/users/ada/likes").json == []


@pytest.mark.parametrize("page", ["overview", "members"])
def test_an_organization_that_does_not_exist_is_missing(iris: InProcess, page: str) -> None:
    assert iris.ask("GET", f"/api/organizations/none/{page}").status == 404
    assert iris.ask("GET", f"/api/organizations/ada/{page}").status == 404


def test_an_organization_counts_its_members_and_public_repositories(iris: InProcess) -> None:
    shown = iris.ask("GET", "/api/organizations/NERSC/overview").json
    assert (shown["type"], shown["numUsers"]) == ("org", 2)
    assert (shown["numModels"], shown["numDatasets"]) == (0, 1)
    users = [row["user"] for row in iris.ask("GET", "/api/organizations/NERSC/members").json]
    assert sorted(users) == ["ada", "bob"]


def test_repositories_are_listed_for_members_private_ones_included(iris: InProcess) -> None:
    path = "/api/organizations/NERSC/settings/repositories"
    rows = iris.ask("GET", path, user="bob").json
    assert {row["id"]: row["visibility"] for row in rows} == {
        "NERSC/iris": "public",
        "NERSC/secret": "private",
    }
    assert sum(row["storagePercent"] for row in rows) == pytest.approx(1)
    assert {row["type"] for row in rows} == {"dataset"}
    for address in (path, "/api/settings/repositories"):
        assert iris.ask("GET", address).status == 401
