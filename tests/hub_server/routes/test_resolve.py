"""The bytes of a file: whole, in part, not modified, absent."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.hub_server.in_process import InProcess

API = "/api/datasets/NERSC/iris"
FILE = "/datasets/NERSC/iris/resolve/main/a.txt"


def test_a_file_is_not_sent_again_to_who_has_it(filled: InProcess) -> None:
    first = filled.ask("GET", FILE)
    again = filled.ask("GET", FILE, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    other = filled.ask("GET", FILE, headers={"If-None-Match": '"other"'})
    assert (other.status, other.body) == (200, b"0123456789")


def test_ranges_are_served_as_http_says(filled: InProcess) -> None:
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
