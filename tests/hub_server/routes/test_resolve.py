"""The bytes of a file: whole, in part, not modified, absent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.hub_server.wire import text_file

if TYPE_CHECKING:
    from tests.hub_server.in_process import InProcess

API = "/api/datasets/NERSC/iris"
FILE = "/datasets/NERSC/iris/resolve/main/a.txt"


def test_a_file_that_a_client_has_is_not_sent_again(filled: InProcess) -> None:
    first = filled.ask("GET", FILE)
    again = filled.ask("GET", FILE, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    other = filled.ask("GET", FILE, headers={"If-None-Match": '"other"'})
    assert (other.status, other.body) == (200, b"0123456789")


def test_ranges_are_served_as_http_specifies(filled: InProcess) -> None:
    part = filled.ask("GET", FILE, headers={"Range": "bytes=-3"})
    assert (part.status, part.body, part.headers["content-range"]) == (206, b"789", "bytes 7-9/10")
    beyond = filled.ask("GET", FILE, headers={"Range": "bytes=10-"})
    assert (beyond.status, beyond.headers["content-range"]) == (416, "bytes */10")
    stale = filled.ask("GET", FILE, headers={"Range": "bytes=0-1", "If-Range": '"old"'})
    assert (stale.status, stale.body) == (200, b"0123456789")
    head = filled.ask("HEAD", FILE)
    assert (head.status, head.headers["content-length"], head.body) == (200, "10", b"")
    assert len(head.headers["x-repo-commit"]) == 40


def test_an_absent_file_names_the_commit_so_that_it_can_be_remembered(filled: InProcess) -> None:
    answer = filled.ask("HEAD", "/datasets/NERSC/iris/resolve/main/none.txt")
    assert (answer.status, answer.headers["x-error-code"]) == (404, "EntryNotFound")
    assert len(answer.headers["x-repo-commit"]) == 40


def test_downloads_are_counted_once_per_client_and_repository(filled: InProcess) -> None:
    for _ in range(3):
        filled.ask("GET", FILE)
        filled.ask("HEAD", FILE)
        filled.ask("GET", FILE, user="eve")
    assert filled.ask("GET", API).json["downloads"] == 2


def test_a_model_has_no_prefix_and_a_name_of_one_part_is_missing(fresh: InProcess) -> None:
    fresh.create("NERSC/net", kind="model")
    answer = fresh.ask("GET", "/NERSC/net/resolve/main/.gitattributes")
    assert (answer.status, answer.headers["content-length"]) == (200, str(len(answer.body)))
    for user, status in ((None, 401), ("ada", 404)):
        missing = fresh.ask("GET", "/net/resolve/main/.gitattributes", user=user)
        assert (missing.status, missing.headers["x-error-code"]) == (status, "RepoNotFound")


def test_a_commit_is_kept_for_a_year_and_a_branch_is_asked_again(filled: InProcess) -> None:
    sha = filled.ask("GET", API).json["sha"]
    pinned = filled.ask("GET", FILE.replace("main", sha))
    assert "immutable" in pinned.headers["cache-control"]
    assert filled.ask("GET", FILE).headers["cache-control"] == "private, no-cache"
    filled.commit("NERSC/iris", text_file("a.txt", "new"))
    assert filled.ask("GET", FILE.replace("main", sha)).body == b"0123456789"
    assert filled.ask("GET", FILE).body == b"new"


@pytest.mark.parametrize("path", ["d", "d/none", "a.txt/x", "none"])
def test_a_folder_or_nothing_is_no_file(filled: InProcess, path: str) -> None:
    filled.commit("NERSC/iris", text_file("d/b.txt", "x"))
    answer = filled.ask("GET", f"/datasets/NERSC/iris/resolve/main/{path}")
    assert (answer.status, answer.headers["x-error-code"]) == (404, "EntryNotFound")


def test_an_absent_revision_has_its_own_code(iris: InProcess) -> None:
    answer = iris.ask("GET", FILE.replace("main", "none"))
    assert (answer.status, answer.headers["x-error-code"]) == (404, "RevisionNotFound")


def test_a_big_file_is_served_by_its_sha256(filled: InProcess) -> None:
    data = bytes(range(256)) * 2_000
    oid = filled.store("NERSC/iris", "b.bin", data)
    path = "/datasets/NERSC/iris/resolve/main/b.bin"
    whole = filled.ask("GET", path)
    assert (whole.body, whole.headers["etag"]) == (data, f'"{oid}"')
    assert whole.headers["x-linked-size"] == str(len(data))
    part = filled.ask("GET", path, headers={"Range": "bytes=300000-300009"})
    assert (part.status, part.body) == (206, data[300_000:300_010])
    last = filled.ask("GET", path, headers={"Range": "bytes=-1"})
    assert last.headers["content-range"] == f"bytes {len(data) - 1}-{len(data) - 1}/{len(data)}"
    head = filled.ask("HEAD", path)
    assert (head.headers["content-length"], head.body) == (str(len(data)), b"")
    same = filled.ask("GET", path, headers={"If-None-Match": f'W/"x", "{oid}"'})
    assert same.status == 304


def test_a_file_is_offered_for_saving_when_asked(filled: InProcess) -> None:
    assert filled.ask("GET", FILE).headers["content-disposition"].startswith("inline")
    saved = filled.ask("GET", f"{FILE}?download=true").headers["content-disposition"]
    assert saved.startswith("attachment")


def test_a_picture_in_a_page_a_part_and_a_head_are_no_download(filled: InProcess) -> None:
    filled.ask("GET", FILE, headers={"Sec-Fetch-Dest": "image"})
    filled.ask("GET", FILE, headers={"Range": "bytes=5-"})
    filled.ask("HEAD", FILE)
    assert filled.ask("GET", API).json["downloads"] == 0
    filled.ask("GET", FILE, headers={"Range": "bytes=0-"})
    assert filled.ask("GET", API).json["downloads"] == 1


@pytest.mark.parametrize(("user", "status"), [(None, 401), ("eve", 404), ("bob", 200)])
def test_a_file_of_a_private_repository_is_missing_for_strangers(
    iris: InProcess, user: str | None, status: int
) -> None:
    path = "/datasets/NERSC/secret/resolve/main/.gitattributes"
    assert iris.ask("GET", path, user=user).status == status
