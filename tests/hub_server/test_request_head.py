"""Heads that HTTP forbids, or that no client sends."""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.hub_server.wire import wired

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.hub_server import RunningHub
    from tests.hub_server.wire import Wire

GET = b"GET /healthz HTTP/1.1\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
POST = b"POST /api/validate-yaml HTTP/1.1\r\nHost: a\r\n"
FORBIDDEN = {
    "unclosed address": GET + b"Host: [::1\r\n\r\n",
    "address of letters": GET + b"Host: [zz]\r\n\r\n",
    "long port": GET + b"Host: a:123456\r\n\r\n",
    "markup": GET + b"Host: a\"><b\r\n\r\n",
    "user": GET + b"Host: a@b\r\n\r\n",
    "two hosts": GET + b"Host: a\r\nHost: b\r\n\r\n",
    "no host": GET + b"\r\n",
    "version 9.9": b"GET /healthz HTTP/9.9\r\nHost: a\r\n\r\n",
    "two lengths": POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "signed length": POST + b"Content-Length: +2\r\n\r\n{}",
    "length and chunks": POST + b"Content-Length: 2\r\n" + CHUNKED + b"0\r\n\r\n",
    "chunks of 1.0": POST.replace(b"1.1", b"1.0") + CHUNKED + b"0\r\n\r\n",
    "odd encoding": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "bad chunk": POST + CHUNKED + b"zz\r\n\r\n",
    "space in a name": GET + b"Host : a\r\n\r\n",
    "NUL": GET + b"Host: a\r\nX: \0\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "long line": GET + b"Host: a\r\nX: " + b"x" * 40_000 + b"\r\n\r\n",
    "many lines": GET + b"Host: a\r\n" + b"X: y\r\n" * 300 + b"\r\n",
}  # fmt: skip
SMUGGLED = b"GET /api/datasets HTTP/1.1\r\nHost: a\r\nX-Request-Id: smuggled\r\n\r\n"


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    with wired(tmp_path_factory.mktemp("heads") / "hub") as running:
        yield running


def spoken(endpoint: str, data: bytes) -> bytes:
    """Send bytes and return all that comes back until the server closes the connection."""
    address = urlsplit(endpoint)
    received = b""
    with (
        socket.create_connection((address.hostname, address.port), timeout=30) as connection,
        contextlib.suppress(ConnectionError),
    ):
        connection.sendall(data)
        while part := connection.recv(65_536):
            received += part
    return received


@pytest.mark.attack("HTTP heads")
@pytest.mark.parametrize("data", FORBIDDEN.values(), ids=FORBIDDEN)
def test_a_forbidden_head_is_refused_and_nothing_after_it_is_a_request(
    serving: Wire, data: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = spoken(serving.endpoint, data + SMUGGLED)
    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 431 "))
    assert b"connection: close" in answer.lower()
    assert b"smuggled" not in answer
    assert answer.count(b"HTTP/1.1 ") == 1
    assert capfd.readouterr() == ("", "")


@pytest.mark.attack("HTTP heads")
def test_a_bad_chunk_during_the_answer_ends_the_connection_quietly(
    serving: Wire, capfd: pytest.CaptureFixture[str]
) -> None:
    """The answer (401) comes before the body has been sent."""
    path = b"/api/datasets/NERSC/iris/commit/main"
    head = b"POST " + path + b" HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    address = urlsplit(serving.endpoint)
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        connection.sendall(head + b"2\r\n{}\r\n")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 401 ")
        with contextlib.suppress(ConnectionError):
            connection.sendall(b"zz\r\n\r\n")
            while part := connection.recv(65_536):
                assert b"HTTP/1.1 " not in part
    assert serving.ask("GET", "/healthz").status == 200
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("host", [b"localhost", b"LOCALHOST:80", b"[::1]:80", b"127.0.0.1", b""])
def test_an_honest_host_is_served(hub: RunningHub, host: bytes) -> None:
    head = b"GET /healthz HTTP/1.1\r\nHost: " + host + b"\r\nConnection: close\r\n\r\n"
    assert spoken(hub.endpoint, head).startswith(b"HTTP/1.1 200 ")
