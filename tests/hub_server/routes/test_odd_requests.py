"""Every route, asked with odd words in its address and odd bodies: never a 500."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import pytest

from huggingnersc.hub_server.routes import all_routes
from tests.hub_server.wire import text_file

if TYPE_CHECKING:
    from tests.hub_server.in_process import InProcess

_WORDS = (
    "main NERSC iris .. %2e%2e a%2Fb %00 %ff refs%2Fpr%2F1 refs/pr/1 1 -1 99999999999999999999 "
    "datasets %F0%9F%98%80 %ED%A0%80 a.txt d"
)
WORDS = [*_WORDS.split(), "0" * 40, "ab" * 32, "x" * 300]
USUAL = {"kind": "datasets", "ns": "NERSC", "name": "iris", "rev": "main", "path": "a.txt",
         "number": "1", "status": "pending"}  # fmt: skip
HALF = rb"\ud800"
BODIES = [
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
QUERIES = _QUERIES.split(" ")
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


@pytest.mark.parametrize("route", all_routes(), ids=lambda route: route.pattern)
def test_no_odd_request_is_a_bug(iris: InProcess, route: object) -> None:
    pattern, methods = route.pattern, route.methods.split()  # type: ignore[attr-defined]
    chance = random.Random(pattern)  # noqa: S311 - the same odd requests every time

    def word(variable: re.Match[str]) -> str:
        if (variable[2] or "").startswith("="):
            return variable[2][1:]
        usual = USUAL.get(variable[1]) if chance.random() < 0.75 else None
        return usual or chance.choice(WORDS)

    for _ in range(25):
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
