"""The application around the routes: names, limits, request ids, and who asks."""

from __future__ import annotations

import http.client
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from huggingnersc.hub_server import RunningHub
    from tests.hub_server.wire import Wire


def test_addresses_and_headers_have_limits(wire: Wire) -> None:
    assert wire.ask("GET", "/api/datasets/" + "x" * 9_000).status == 414
    host, port = urlsplit(wire.endpoint).netloc.split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nX: " + b"x" * 200_000 + b"\r\n")
        received = b""
        try:
            while data := connection.recv(65_536):
                received += data
        except ConnectionResetError:
            pass
    assert b" 200 " not in received
    assert wire.ask("GET", "/api/datasets").status == 200


def test_every_answer_names_its_request(wire: Wire) -> None:
    answer = wire.ask("GET", "/a/b/c/d/e", headers={"X-Request-Id": "r-1"})
    assert (answer.status, answer.headers["x-request-id"]) == (404, "r-1")
    answer = wire.ask("GET", "/api/datasets", headers={"X-Amzn-Trace-Id": "t-1"})
    assert answer.headers["x-request-id"] == "t-1"


def test_methods_that_no_route_serves_are_refused(wire: Wire) -> None:
    for method in ("PATCH", "TRACE", "OPTIONS", "FOO"):
        assert wire.ask(method, "/api/datasets").status in {404, 405}


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8017", "127.0.0.1.evil.example"])
def test_the_local_hub_answers_to_no_other_name(hub: RunningHub, host: str) -> None:
    """A page of elsewhere that points its name at this machine (DNS rebinding) reads nothing."""
    target = urlsplit(hub.endpoint)
    for method, path in (("GET", "/"), ("GET", "/api/datasets"), ("POST", "/api/repos/create")):
        connection = http.client.HTTPConnection(target.hostname or "", target.port)
        connection.request(method, path, headers={"Host": host})
        answer = connection.getresponse()
        assert (answer.status, b"localhost only" in answer.read()) == (421, True)
        connection.close()


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]"])
def test_the_local_hub_answers_to_every_name_of_this_machine(hub: RunningHub, name: str) -> None:
    target = urlsplit(hub.endpoint)
    connection = http.client.HTTPConnection(target.hostname or "", target.port)
    connection.request("GET", "/api/datasets", headers={"Host": f"{name}:{target.port}"})
    assert connection.getresponse().status == 200
    connection.close()
