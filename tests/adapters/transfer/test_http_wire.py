"""Reading answers of HTTP from a connection, also those that no server should send."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.transfer.failures import TransferCutError
from huggingnersc.adapters.transfer.http_wire import HttpWire

if TYPE_CHECKING:
    from collections.abc import Iterator

REQUEST = b"GET / HTTP/1.1\r\n\r\n"


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def _body(wire: HttpWire) -> bytes:
    content, view = b"", memoryview(bytearray(5))
    while count := wire.readinto(view):
        content += view[:count]
    return content


def _asked(wire: HttpWire) -> bytes:
    wire.ask(REQUEST)
    return _body(wire)


@pytest.mark.parametrize(
    ("answer", "stays_open"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nhello, world", True),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 12\r\n\r\nhello, world", False),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 12\r\n\r\nhello, world", False),
        (b"HTTP/1.1 100 Go on\r\n\r\nHTTP/1.1 200\r\ncontent-length:12\r\n\r\nhello, world", True),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"6\r\nhello,\r\n6;x=y\r\n world\r\n0\r\nTrailer: x\r\n\r\n",
            True,
        ),
    ],
)
def test_a_body_ends_where_the_answer_says(
    ends: tuple[socket.socket, socket.socket], answer: bytes, stays_open: bool
) -> None:
    ours, theirs = ends
    wire = HttpWire(ours)
    theirs.sendall(answer)
    assert wire.ask(REQUEST).status == 200
    assert _body(wire) == b"hello, world"
    assert wire.is_open is stays_open


def test_a_body_without_a_length_ends_with_its_connection(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    ours, theirs = ends
    theirs.sendall(b"HTTP/1.1 200 OK\r\n\r\nhello")
    theirs.shutdown(socket.SHUT_WR)
    wire = HttpWire(ours)
    assert wire.ask(REQUEST).length is None
    assert (_body(wire), wire.is_open) == (b"hello", False)


def test_two_answers_on_one_connection_are_told_apart(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    ours, theirs = ends
    wire = HttpWire(ours)
    theirs.sendall(b"HTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\nno")
    assert (wire.ask(REQUEST).status, _body(wire), wire.is_open) == (404, b"no", True)
    theirs.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    assert (wire.ask(REQUEST).status, _body(wire), wire.is_open) == (200, b"", True)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1_0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n Content-Length: 5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 100 Go on\r\n\r\n" * 20,
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhello",
    ],
)
def test_an_answer_that_is_cut_or_none_ends_in_one_error(
    ends: tuple[socket.socket, socket.socket], answer: bytes
) -> None:
    ours, theirs = ends
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 18)
    theirs.sendall(answer)
    theirs.shutdown(socket.SHUT_WR)
    wire = HttpWire(ours)
    with pytest.raises(TransferCutError):
        _asked(wire)
    assert not wire.is_open
