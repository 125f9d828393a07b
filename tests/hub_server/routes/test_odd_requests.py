"""Every route, asked with odd words in its address and odd bodies: never a 500."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import pytest

from huggingnersc.hub_server.json_shapes import moment
from huggingnersc.hub_server.protocol.cursor import write_cursor
from huggingnersc.hub_server.protocol.lfs_pointer import LfsPointer, pointer_text
from huggingnersc.hub_server.routes import all_routes
from tests.hub_server.wire import text_file

if TYPE_CHECKING:
    from tests.hub_server.in_process import InProcess

_WORDS = (
    "main NERSC iris .. %2e%2e a%2Fb %00 %ff refs%2Fpr%2F1 refs/pr/1 1 -1 99999999999999999999 "
    "datasets %F0%9F%98%80 %ED%A0%80 a.txt d %C2%B2 %D9%A1 9223372036854775808"
)
WORDS = [*_WORDS.split(), "0" * 40, "ab" * 32, "x" * 300]
USUAL = {"kind": "datasets", "ns": "NERSC", "name": "iris", "rev": "main", "path": "a.txt",
         "number": "1", "status": "pending"}  # fmt: skip
HALF = rb"\ud800"
RAW_HALF = b"\xed\xa0\x80"
DEEP = b"[" * 500 + b"]" * 500
BODIES = [
    b'{"title": "' + RAW_HALF + b'"}', b'{"comment": "' + RAW_HALF + b'"}',
    b'{"tag": ' + DEEP + b"}",
    b'{"tag": "v8", "message": "' + RAW_HALF + b'"}', b'{"name": "x", "type": ' + DEEP + b"}",
    b'{"target": {"name": "a/b", "type": ' + DEEP + b'}, "files": []}',
    b'{"content": "---\\na: !!bool x\\n---"}', b'{"content": "---\\na: !!timestamp x\\n---"}',
    b'{"files": [{"path": "a", "size": 1e400, "sample": ""}]}', b'{"size": 9223372036854775808}',
    '{"title": "x"}'.encode("utf-16"),
    None, b"", b"{}", b"[]", b"null", b'{"paths": [1]}', b"paths=%ff&expand=true",
    b'{"name": "' + HALF + b'", "type": "dataset"}', b'{"files": [1]}',
    b'{"files": [{"path": "a", "size": -1, "sample": "%%"}]}',
    b'{"operation": [], "objects": []}', b'{"operation": "upload", "objects": [{}]}',
    b'{"tag": 5}', b'{"tag": "v9", "message": "' + HALF + b'"}',
    b'{"deletions": {"sha": [{}]}}', b'{"target": {"name": 5}, "files": [{}]}',
    b'{"title": "' + HALF + b'", "comment": "' + HALF + b'"}', b'{"title": {"a": 1}}',
    b'{"status": [], "user": []}', b'{"user": "' + HALF + b'", "status": "accepted"}',
    b'{"gated": [], "visibility": {}}', b'{"private": 5}', b'{"startingPoint": "' + HALF + b'"}',
    b'{"content": "' + HALF + b'---"}', b'{"parts": [{}]}', b'{"pullRequest": [], "title": "t"}',
    b'{"fromRepo": "NERSC/iris", "toRepo": "' + HALF + b'/x", "type": "dataset"}',
    b'{"key": "header", "value": {"summary": "' + HALF + b'"}}\n'
    b'{"key": "file", "value": {"path": "z", "content": "' + HALF + b'"}}',
]  # fmt: skip
_QUERIES = (
    " ?cursor=x ?limit=5&expand=x ?expand=siblings&expand=sha ?recursive=true&expand=true "
    "?service=git-upload-pack ?create_pr=1 ?ticket=1.2&do=get ?search=%ff&filter=%00 "
    "?author=%ed%a0%80 ?p=-1 ?p=99999999999 ?blobs=true ?sort=x ?full=true"
)
QUERIES = [
    *_QUERIES.split(" "), "?p=%C2%B2", "?limit=%D9%A1", "?page=%C2%B2",
    *(f"?cursor={write_cursor(*position)}" for position in (
        (2**63, "x"), (2**63,), ("main", 2**63 - 1), ("main", 2**63), (5, "\ud800"),
        ("main", "\ud800"), ("\ud800", "a"), (-(2**63) - 1, "x"),
    )),
]  # fmt: skip
HEADERS = [
    {},
    {"Range": "bytes=5-"},
    {"Range": "x", "If-None-Match": "\xe4"},
    {"Content-Type": "application/json"},
    {"Content-Type": "application/x-git-upload-pack-request"},
    {"Content-Type": "application/x-git-receive-pack-request", "Content-Encoding": "gzip"},
    {"Authorization": "Basic %%%"},
    {"Accept": "text/html"},
]


@pytest.mark.attack("odd requests")
@pytest.mark.parametrize("route", all_routes(), ids=lambda route: route.pattern)
def test_no_odd_request_is_a_bug(iris: InProcess, route: object) -> None:
    pattern, methods = route.pattern, route.methods.split()  # type: ignore[attr-defined]
    chance = random.Random(pattern)  # noqa: S311 - the same odd requests every time

    def word(variable: re.Match[str]) -> str:
        if (variable[2] or "").startswith("="):
            return variable[2][1:]
        usual = USUAL.get(variable[1]) if chance.random() < 0.75 else None
        return usual or chance.choice(WORDS)

    for _ in range(40):
        path = re.sub(r"\{(\w+)(\*|=\w+)?\}", word, pattern) + chance.choice(QUERIES)
        method, user = chance.choice(methods), chance.choice(["ada", "eve", None])
        body = None if method == "GET" else chance.choice(BODIES)
        answer = iris.ask(method, path, body, user=user, headers=chance.choice(HEADERS))
        assert answer.status < 500, (method, path, body)
        if not iris.hub.registry.ids():
            iris.create("NERSC/iris")


def test_a_card_with_broken_text_is_taken_and_listed(fresh: InProcess) -> None:
    fresh.create("NERSC/iris")
    card = '---\npretty_name: "x\\ud800"\ntags: ["y\\ud800"]\n---\n'
    assert fresh.commit("NERSC/iris", text_file("README.md", card)).status == 200
    listed = fresh.ask("GET", "/api/datasets").json
    assert [row["id"] for row in listed] == ["NERSC/iris"]


@pytest.mark.attack("odd requests")
@pytest.mark.parametrize(
    "path",
    ["/api/datasets", "/datasets", "/api/datasets/NERSC/iris/commits/main",
     "/api/datasets/NERSC/iris/tree/main", "/api/datasets/NERSC/iris/lfs-files"],
)  # fmt: skip
@pytest.mark.parametrize(
    "position", [(2**63, "x"), (2**63,), ("main", 2**63 - 1), (5, "\ud800"), ("main", "\ud800")]
)
def test_a_made_up_cursor_is_a_bad_request(
    iris: InProcess, path: str, position: tuple[str | int, ...]
) -> None:
    assert iris.ask("GET", f"{path}?cursor={write_cursor(*position)}", user="ada").status == 400


@pytest.mark.attack("odd requests")
@pytest.mark.parametrize("value", ["!!bool x", "!!timestamp x", "0x" + "f" * 5000])
def test_a_card_with_an_odd_value_is_committed_and_shown(fresh: InProcess, value: str) -> None:
    fresh.create("NERSC/iris")
    card = text_file("README.md", f"---\na: {value}\n---\n")
    assert fresh.commit("NERSC/iris", card).status == 200
    assert fresh.hub.registry.dirty_ids() == []
    for path in ("/api/datasets", "/api/datasets/NERSC/iris", "/datasets/NERSC/iris"):
        assert fresh.ask("GET", path).status == 200


@pytest.mark.attack("odd requests")
def test_pointers_that_claim_more_than_a_database_holds_are_counted(fresh: InProcess) -> None:
    fresh.create("NERSC/iris")
    pointer = pointer_text(LfsPointer("a" * 64, 10**18 - 1)).decode()
    lines = [text_file(f"{number}.bin", pointer) for number in range(12)]
    assert fresh.commit("NERSC/iris", *lines).status == 200
    assert fresh.hub.registry.dirty_ids() == []
    assert fresh.ask("GET", "/api/datasets/NERSC/iris").json["usedStorage"] == 2**63 - 1


@pytest.mark.attack("odd requests")
@pytest.mark.parametrize("milliseconds", [10**18, -(10**18), 2**70, 0])
def test_a_time_that_no_calendar_holds_is_shown_as_the_epoch(milliseconds: int) -> None:
    assert moment(milliseconds) == "1970-01-01T00:00:00.000Z"


@pytest.mark.parametrize("service", ["git-upload-pack", "git-receive-pack"])
@pytest.mark.parametrize("body", [b"0004", b"0001", b"00040004", b"0003", b"zzzz", b"0005"])
def test_a_line_of_git_with_nothing_in_it_is_a_bad_request(
    fresh: InProcess, service: str, body: bytes
) -> None:
    fresh.create("NERSC/lines")
    headers = {"Content-Type": f"application/x-{service}-request"}
    answer = fresh.ask(
        "POST", f"/datasets/NERSC/lines/{service}", body, user="ada", headers=headers
    )
    assert answer.status in {200, 400}
