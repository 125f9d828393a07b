"""Bodies are received late, and are kept on disk."""

from __future__ import annotations

import re
import tracemalloc
from typing import TYPE_CHECKING, NoReturn

import pytest
from starlette.requests import Request

from huggingnersc.hub_server.http_error import HttpError
from huggingnersc.hub_server.request_body import has_body, is_small, spool_body
from huggingnersc.hub_server.routes import all_routes
from tests.hub_server.wire import text_file

if TYPE_CHECKING:
    import asyncio
    from pathlib import Path

    from starlette.types import Message

    from huggingnersc.hub_server.routing import Route
    from tests.hub_server.in_process import InProcess

MIB = 1 << 20
OPEN_TO_ALL = {"/api/validate-yaml"}
CHUNKED = {"Transfer-Encoding": "chunked"}
USUAL = {"kind": "datasets", "ns": "NERSC", "name": "secret", "rev": "main", "path": "a.txt"}
WRITING = [
    route
    for route in all_routes()
    if not {"GET"} & set(route.methods.split()) and route.pattern not in OPEN_TO_ALL
]


def address(route: Route) -> str:
    return re.sub(
        r"\{(\w+)(?:\*|=(\w+))?\}", lambda v: v[2] or USUAL.get(v[1], "1"), route.pattern
    )


@pytest.mark.attack("unfinished bodies")
@pytest.mark.parametrize("user", [None, "eve"])
@pytest.mark.parametrize("route", WRITING, ids=lambda route: f"{route.methods} {route.pattern}")
def test_who_may_not_write_is_refused_before_the_body_is_received(
    iris: InProcess, route: Route, user: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the body names the repository, only that there is a user is checked before."""
    if user and route.pattern.startswith("/api/repos/"):
        return

    def receive(_request: Request) -> NoReturn:
        raise AssertionError

    monkeypatch.setattr(Request, "stream", receive)
    answer = iris.ask(route.methods, address(route), None, user=user, headers=CHUNKED)
    assert answer.status in {401, 403, 404}


def request(*parts: bytes, **headers: str) -> Request:
    waiting = list(parts)

    async def receive() -> Message:
        body = waiting.pop(0) if waiting else b""
        return {"type": "http.request", "body": body, "more_body": bool(waiting)}

    pairs = [(key.replace("_", "-").encode(), value.encode()) for key, value in headers.items()]
    return Request({"type": "http", "method": "POST", "headers": pairs}, receive)


@pytest.mark.attack("unfinished bodies")
def test_a_body_takes_little_memory(tmp_path: Path, runner: asyncio.Runner) -> None:
    before = set(tmp_path.iterdir())
    parts = [bytes(MIB)] * 32
    tracemalloc.start()
    try:
        with runner.run(spool_body(request(*parts), tmp_path, 32 * MIB)) as body:
            _, peak = tracemalloc.get_traced_memory()
            assert len(body.read()) == 32 * MIB
    finally:
        tracemalloc.stop()
    assert peak < 4 * MIB
    assert set(tmp_path.iterdir()) == before


@pytest.mark.parametrize("headers", [{"content_length": "6"}, {}])
def test_a_body_over_its_limit_is_refused(
    tmp_path: Path, runner: asyncio.Runner, headers: dict[str, str]
) -> None:
    with pytest.raises(HttpError) as caught:
        runner.run(spool_body(request(b"abc", b"def", **headers), tmp_path, 5))
    assert caught.value.status == 413


def test_only_a_body_that_is_announced_to_be_small_is_small() -> None:
    assert is_small(request())
    assert is_small(request(content_length="65536"))
    assert not is_small(request(content_length="65537"))
    assert not is_small(request(content_length="²"))
    assert not is_small(request(transfer_encoding="chunked"))


def test_a_body_is_there_where_one_is_announced() -> None:
    assert not has_body(request())
    assert has_body(request(content_length="5"))
    assert has_body(request(transfer_encoding="chunked"))


def test_a_big_body_has_its_effect_once(filled: InProcess) -> None:
    body = {"title": "t", "comment": "x" * 100_000}
    path = "/api/datasets/NERSC/iris/discussions"
    headers = {"Content-Length": "100100"}
    assert filled.ask("POST", path, body, user="ada", headers=headers).status == 200
    assert filled.ask("GET", path).json["count"] == 1


def test_an_anonymous_body_is_limited(filled: InProcess) -> None:
    body = {"content": "x" * 2 * MIB, "repoType": "dataset"}
    assert filled.ask("POST", "/api/validate-yaml", body, user="ada").status == 200
    assert filled.ask("POST", "/api/validate-yaml", body).status == 413
    assert filled.commit("NERSC/iris", text_file("big", "x" * 2 * MIB)).status == 200
