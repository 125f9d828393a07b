"""Discussions and pull requests over the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from huggingnersc.hub_server.routes import discussions
from tests.hub_server.wire import text_file

if TYPE_CHECKING:
    from tests.hub_server.in_process import InProcess

API = "/api/datasets/NERSC/iris"
HERE = f"{API}/discussions"


def opened(hub: InProcess, user: str = "eve", **body: object) -> int:
    answer = hub.ask("POST", HERE, {"title": "A question", **body}, user=user)
    assert answer.status == 200, answer.body
    number: int = answer.json["num"]
    return number


def commented(hub: InProcess, number: int, user: str = "eve") -> str:
    answer = hub.ask("POST", f"{HERE}/{number}/comment", {"comment": "Why?"}, user=user)
    assert answer.status == 200, answer.body
    comment: str = answer.json["newMessage"]["id"]
    return comment


def shown(hub: InProcess, number: int) -> dict[str, Any]:
    found: dict[str, Any] = hub.ask("GET", f"{HERE}/{number}").json
    return found


def test_a_discussion_begins_with_its_description(filled: InProcess) -> None:
    number = opened(filled, description="Why?")
    found = shown(filled, number)
    assert (found["title"], found["status"], found["isPullRequest"]) == (
        "A question", "open", False,
    )  # fmt: skip
    (event,) = found["events"]
    assert (event["type"], event["data"]["latest"]["raw"]) == ("comment", "Why?")
    assert "filesWithConflicts" not in found
    assert shown(filled, opened(filled))["events"] == []


def test_a_pull_request_shows_its_base_and_what_conflicts(filled: InProcess) -> None:
    number = opened(filled, pullRequest=True)
    rev = f"refs%2Fpr%2F{number}"
    assert filled.commit("NERSC/iris", text_file("a.txt", "ours"), rev=rev).status == 200
    assert shown(filled, number)["filesWithConflicts"] == []
    filled.commit("NERSC/iris", text_file("a.txt", "theirs"))
    found = shown(filled, number)
    assert (found["filesWithConflicts"], found["changes"]) == (
        ["a.txt"],
        {"base": "refs/heads/main"},
    )


def test_a_merge_is_final_and_needs_a_writer(filled: InProcess) -> None:
    number = opened(filled, pullRequest=True)
    filled.commit("NERSC/iris", text_file("b.txt", "x"), rev=f"refs%2Fpr%2F{number}")
    merge = f"{HERE}/{number}/merge"
    assert [filled.ask("POST", merge, {}, user=user).status for user in (None, "eve")] == [
        401,
        403,
    ]
    answer = filled.ask("POST", merge, {}, user="ada")
    assert (answer.status, answer.json["newStatus"]["data"]["status"]) == (200, "merged")
    found = shown(filled, number)
    assert found["changes"]["mergeCommitId"] == filled.ask("GET", API).json["sha"]
    assert filled.ask("GET", "/datasets/NERSC/iris/resolve/main/b.txt").body == b"x"
    assert filled.ask("POST", merge, {}, user="ada").status == 400
    closed = {"status": "closed"}
    assert filled.ask("POST", f"{HERE}/{number}/status", closed, user="ada").status == 400


def test_a_discussion_cannot_be_merged(filled: InProcess) -> None:
    number = opened(filled)
    assert filled.ask("POST", f"{HERE}/{number}/merge", {}, user="ada").status == 400


def test_a_list_is_narrowed_by_type_status_and_author(filled: InProcess) -> None:
    question, change = opened(filled), opened(filled, user="ada", pullRequest=True)
    closed = opened(filled, user="ada")
    filled.ask("POST", f"{HERE}/{closed}/status", {"status": "closed"}, user="ada")
    expected = {
        "": [closed, change, question],
        "?type=all&status=all": [closed, change, question],
        "?type=pull_request": [change],
        "?type=discussion": [closed, question],
        "?status=open": [change, question],
        "?status=closed": [closed],
        "?author=eve": [question],
    }
    for query, numbers in expected.items():
        page = filled.ask("GET", HERE + query).json
        assert [row["num"] for row in page["discussions"]] == numbers
        assert page["count"] == len(numbers)


def test_a_list_is_paged(filled: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discussions, "PAGE", 2)
    numbers = [opened(filled) for _ in range(3)]
    found = [filled.ask("GET", f"{HERE}?p={page}").json for page in (0, 1, 2)]
    assert [page["start"] for page in found] == [0, 2, 4]
    assert [page["count"] for page in found] == [3, 3, 3]
    rows = [row["num"] for page in found for row in page["discussions"]]
    assert rows == numbers[::-1]


@pytest.mark.parametrize("title", ["", "  ", "x" * 201, None, 5])
def test_a_title_has_1_to_200_characters(iris: InProcess, title: object) -> None:
    assert iris.ask("POST", HERE, {"title": title}, user="eve").status == 400
    number = opened(iris, title="y" * 200)
    answer = iris.ask("POST", f"{HERE}/{number}/title", {"title": title}, user="eve")
    assert (answer.status, shown(iris, number)["title"]) == (400, "y" * 200)


def test_a_text_has_a_limit(iris: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discussions, "MAX_TEXT", 10)
    number = opened(iris)
    for text, status in (("x" * 11, 400), ("x" * 10, 200)):
        body = {"comment": text}
        assert iris.ask("POST", f"{HERE}/{number}/comment", body, user="eve").status == status


def test_only_the_author_edits_and_hides_a_comment(filled: InProcess) -> None:
    number = opened(filled)
    path = f"{HERE}/{number}/comment/{commented(filled, number)}"
    for user, status in ((None, 401), ("ada", 403), ("eve", 200)):
        assert filled.ask("POST", f"{path}/edit", {"content": "So."}, user=user).status == status
    (event,) = shown(filled, number)["events"]
    assert (event["data"]["edited"], event["data"]["latest"]["raw"]) == (True, "So.")
    for user, status in ((None, 401), ("ada", 403), ("eve", 200)):
        assert filled.ask("POST", f"{path}/hide", {}, user=user).status == status
    (event,) = shown(filled, number)["events"]
    assert (event["data"]["hidden"], event["data"]["latest"]["raw"]) == (True, "")


def test_only_a_comment_is_edited_and_only_in_its_own_discussion(filled: InProcess) -> None:
    first, second = opened(filled), opened(filled)
    comment = commented(filled, first)
    change = filled.ask("POST", f"{HERE}/{first}/title", {"title": "New"}, user="eve").json
    for number, event in ((second, comment), (first, change["newTitle"]["id"]), (first, "none")):
        path = f"{HERE}/{number}/comment/{event}/edit"
        assert filled.ask("POST", path, {"content": "x"}, user="eve").status == 404


@pytest.mark.parametrize(
    ("user", "status"), [(None, 401), ("bob", 403), ("eve", 200), ("ada", 200)]
)
def test_the_author_or_a_writer_renames_and_closes(
    filled: InProcess, user: str | None, status: int
) -> None:
    number = opened(filled)
    for path, body in (("title", {"title": "New"}), ("status", {"status": "closed"})):
        assert filled.ask("POST", f"{HERE}/{number}/{path}", body, user=user).status == status
    found = shown(filled, number)
    changed = status == 200
    assert (found["title"] == "New", found["status"] == "closed") == (changed, changed)
    assert len(found["events"]) == (2 if changed else 0)


def test_a_status_is_open_or_closed(iris: InProcess) -> None:
    number = opened(iris)
    for state in ("merged", "", None, "draft"):
        body = {"status": state}
        assert iris.ask("POST", f"{HERE}/{number}/status", body, user="ada").status == 400


@pytest.mark.parametrize("number", ["0", "99", "x", "-1", "٣", "9" * 10])
def test_a_discussion_that_does_not_exist_is_missing(iris: InProcess, number: str) -> None:
    assert iris.ask("GET", f"{HERE}/{quote(number)}").status == 404


def test_a_stranger_does_not_see_or_open_discussions_of_a_private_repository(
    iris: InProcess,
) -> None:
    secret = HERE.replace("iris", "secret")
    for user, status in ((None, 401), ("eve", 404), ("bob", 200)):
        assert iris.ask("GET", secret, user=user).status == status
        assert iris.ask("POST", secret, {"title": "t"}, user=user).status == status
    assert iris.ask("POST", HERE, {"title": "t"}).status == 401
