"""The history of a revision, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.hub_server.routes.test_listing import pages
from tests.hub_server.wire import text_file

if TYPE_CHECKING:
    from tests.hub_server.in_process import InProcess

API = "/api/datasets/NERSC/iris"


def test_the_history_is_paged_from_the_commit_it_began_with(filled: InProcess) -> None:
    made = [
        filled.commit("NERSC/iris", text_file("b.txt", str(number))).json["commitOid"]
        for number in range(4)
    ]
    first = filled.ask("GET", f"{API}/commits/main?limit=2")
    filled.commit("NERSC/iris", text_file("b.txt", "later"))
    following = first.headers["link"].split(">")[0][1:].removeprefix(filled.endpoint)
    rows = [row for page in (first, *pages(filled, following)) for row in page.json]
    assert [row["id"] for row in rows[:4]] == made[::-1]
    assert len(rows) == len({row["id"] for row in rows}) == 6


def test_the_history_of_a_path_names_the_commits_that_changed_it(filled: InProcess) -> None:
    filled.commit("NERSC/iris", text_file("d/b.txt", "1"))
    filled.commit("NERSC/iris", text_file("c.txt", "1"))
    last = filled.commit("NERSC/iris", text_file("d/b.txt", "2")).json["commitOid"]
    for path in ("d", "d/b.txt"):
        rows = filled.ask("GET", f"{API}/commits/main/{path}").json
        assert (len(rows), rows[0]["id"]) == (2, last)


def test_messages_are_formatted_when_asked(iris: InProcess) -> None:
    plain = iris.ask("GET", f"{API}/commits/main").json[0]
    shown = iris.ask("GET", f"{API}/commits/main?expand=formatted").json[0]
    assert "formatted" not in plain
    assert shown["formatted"]["title"] == plain["title"] == "change"
    assert plain["authors"][0]["user"] == "ada"


@pytest.mark.parametrize(("user", "status"), [(None, 401), ("eve", 404), ("bob", 200)])
def test_the_history_of_a_private_repository_is_missing_for_strangers(
    iris: InProcess, user: str | None, status: int
) -> None:
    answer = iris.ask("GET", "/api/datasets/NERSC/secret/commits/main", user=user)
    assert answer.status == status
    assert iris.ask("GET", f"{API}/commits/none", user=user).status == 404
