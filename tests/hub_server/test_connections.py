"""Clients that are slow, silent or too many, against a server with small limits."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import logging
import resource
import select
import socket
from asyncio import selector_events
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

import pytest
import uvicorn

from huggingnersc.hub_server import connections
from huggingnersc.hub_server.connections import (
    Connection,
    ConnectionLimits,
    ConnectionTable,
    Phase,
    raise_open_files,
)
from tests.hub_server.wire import wired

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.hub_server.wire import Wire

HEAD = b"POST /api/validate-yaml HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n"
UNLIMITED = {"head_s": 3600.0, "stall_s": 3600.0, "sweep_s": 0.01}


@contextmanager
def hub_with(root: Path, **limits: float) -> Iterator[Wire]:
    with wired(root, connections=ConnectionLimits(**limits)) as wire:  # type: ignore[arg-type]
        yield wire


def opened(wire: Wire, stack: ExitStack, sent: bytes = b"") -> socket.socket:
    address = urlsplit(wire.endpoint)
    connection = socket.create_connection((address.hostname, address.port), timeout=30)
    stack.enter_context(connection)
    connection.sendall(sent)
    return connection


def rest(connection: socket.socket) -> bytes:
    """Return what comes until the server closes the connection."""
    received = b""
    with contextlib.suppress(ConnectionError):
        while data := connection.recv(65_536):
            received += data
    return received


def wait_for_log(wire: Wire, caplog: pytest.LogCaptureFixture) -> None:
    while not caplog.messages:
        assert wire.ask("GET", "/healthz").status == 200


def is_open(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return connection.recv(1) != b""
    except BlockingIOError:
        return True
    except ConnectionError:
        return False


@pytest.mark.attack("slow connections")
def test_a_silent_connection_is_closed(tmp_path: Path) -> None:
    with hub_with(tmp_path, head_s=0.02, sweep_s=0.01) as wire, ExitStack() as stack:
        assert rest(opened(wire, stack)) == b""


@pytest.mark.attack("slow connections")
def test_a_head_that_drips_is_cut_off(tmp_path: Path) -> None:
    with hub_with(tmp_path, head_s=0.05, sweep_s=0.01) as wire, ExitStack() as stack:
        connection = opened(wire, stack, b"GET / HTTP/1.1\r\n")
        connection.settimeout(0.005)
        received = b""
        while not received:
            with contextlib.suppress(TimeoutError):
                connection.sendall(b"X")
                received = connection.recv(100)
        assert received.startswith(b"HTTP/1.1 408 ")


@pytest.mark.attack("slow connections")
def test_the_second_head_of_a_connection_has_a_deadline_too(tmp_path: Path) -> None:
    with hub_with(tmp_path, head_s=0.05, sweep_s=0.01) as wire, ExitStack() as stack:
        connection = opened(wire, stack, b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200 ")
        connection.sendall(b"GET /")
        assert b"HTTP/1.1 408 " in rest(connection)


@pytest.mark.attack("slow connections")
def test_a_client_that_reads_nothing_is_cut_off(tmp_path: Path) -> None:
    with hub_with(tmp_path, stall_s=0.05, sweep_s=0.01) as wire, ExitStack() as stack:
        wire.create("NERSC/iris")
        wire.store("NERSC/iris", "big.bin", bytes(16 << 20))
        address = urlsplit(wire.endpoint)
        reader = stack.enter_context(socket.socket())
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.connect((address.hostname, address.port))
        reader.sendall(
            b"GET /datasets/NERSC/iris/resolve/main/big.bin HTTP/1.1\r\nHost: a\r\n\r\n"
        )
        closed = select.poll()
        closed.register(reader, 0)
        assert closed.poll(30_000) != []


@pytest.mark.attack("slow connections")
def test_where_all_places_are_taken_who_waits_longest_makes_room(tmp_path: Path) -> None:
    with hub_with(tmp_path, **UNLIMITED, connections=40) as wire, ExitStack() as stack:
        for _ in range(45):
            idle = opened(wire, stack, b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            assert idle.recv(65_536).startswith(b"HTTP/1.1 200 ")
        silent = [opened(wire, stack) for _ in range(100)]
        assert wire.ask("GET", "/healthz").status == 200
        assert not any(map(is_open, silent[:50]))
        assert is_open(silent[-1])


@pytest.mark.attack("slow connections")
def test_where_all_are_at_work_a_new_client_is_refused(tmp_path: Path) -> None:
    with hub_with(tmp_path, **UNLIMITED, connections=2, spare_s=3600) as wire:
        with ExitStack() as stack:
            for _ in range(2):
                worker = opened(wire, stack, HEAD + b"Expect: 100-continue\r\n\r\n")
                assert worker.recv(100).startswith(b"HTTP/1.1 100 ")
            with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
                wire.ask("GET", "/healthz")
        assert eventually_served(wire)


def eventually_served(wire: Wire) -> bool:
    while True:
        with contextlib.suppress(ConnectionError, http.client.RemoteDisconnected):
            return wire.ask("GET", "/healthz").status == 200


@pytest.mark.attack("slow connections")
def test_one_address_has_few_unfinished_requests_and_the_latest_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "192.0.2.1")
    with hub_with(tmp_path, **UNLIMITED, unfinished=3) as wire, ExitStack() as stack:
        silent = [opened(wire, stack) for _ in range(10)]
        body = opened(wire, stack, HEAD + b"\r\n")
        assert [rest(one) for one in silent[:8]] == [b""] * 8
        assert [is_open(one) for one in (*silent[8:], body)] == [True] * 3
        assert wire.ask("GET", "/healthz").status == 200


@pytest.mark.attack("slow connections")
def test_a_trusted_proxy_may_have_any_number_of_unfinished_requests(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        caplog.at_level(logging.WARNING),
        hub_with(tmp_path, head_s=0.1, sweep_s=0.01, unfinished=1, report_s=0) as wire,
        ExitStack() as stack,
    ):
        for one in [opened(wire, stack) for _ in range(5)]:
            assert rest(one) == b""
        wait_for_log(wire, caplog)
    assert {message.split()[-1] for message in caplog.messages} == {"slow"}


@pytest.mark.attack("slow connections")
def test_closed_connections_are_one_line_of_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with (
        caplog.at_level(logging.DEBUG, "huggingnersc"),
        hub_with(tmp_path, **UNLIMITED, connections=2) as wire,
        ExitStack() as stack,
    ):
        for number in range(60):
            opened(wire, stack, b"\0\r\n\r\n" if number % 2 else b"")
        wait_for_log(wire, caplog)
    assert len([one for one in caplog.records if "connections" in one.name]) == 1
    assert capfd.readouterr() == ("", "")


@pytest.mark.attack("slow connections")
def test_a_server_without_free_files_logs_a_line_and_serves_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(connections, "_FILES_IN_USE", -10_000)  # as if there were enough
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with hub_with(tmp_path, **UNLIMITED) as wire:
        address = urlsplit(wire.endpoint)
        with ExitStack() as stack:
            clients = [stack.enter_context(socket.socket()) for _ in range(20)]
            stack.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
            resource.setrlimit(resource.RLIMIT_NOFILE, (clients[-1].fileno() + 5, hard))
            for client in clients:
                client.connect((address.hostname, address.port))
            while not caplog.messages:
                assert not rest_is_ready(clients[0])
        assert wire.ask("GET", "/healthz").status == 200
    assert len(caplog.messages) == 1


def rest_is_ready(connection: socket.socket) -> bool:
    return bool(select.select([connection], [], [], 0.01)[0])


@pytest.mark.attack("unfinished bodies")
def test_a_body_that_stalls_is_cut_off_and_leaves_no_file(tmp_path: Path) -> None:
    with hub_with(tmp_path, stall_s=0.05, sweep_s=0.01) as wire, ExitStack() as stack:
        head = HEAD.replace(b"1000", b"900000")
        connection = opened(wire, stack, head + b"\r\n" + bytes(800_000))
        assert rest(connection).startswith(b"HTTP/1.1 408 ")
        assert list(wire.hub.lfs.incoming.iterdir()) == []


class Pipe(asyncio.Transport):
    """A transport whose client reads when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.unread = 0
        self.max_size = selector_events._SelectorSocketTransport.max_size  # type: ignore[attr-defined]

    def is_closing(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return self.unread

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.unread += len(data)


async def hangs(_scope: object, _receive: object, send: object) -> None:
    await asyncio.Event().wait()


@pytest.fixture
def connection() -> Iterator[Connection]:
    """A connection that has no progress for 60 s at most, of 30 kB each, to an idle server."""
    with asyncio.Runner() as runner:
        table = ConnectionTable(ConnectionLimits(), exempt=lambda _: False)
        config = uvicorn.Config(hangs, log_config=None)
        made = Connection(config, table, {}, runner.get_loop())
        made.connection_made(Pipe())
        yield made


def test_a_body_may_be_slow_as_long_as_it_moves(connection: Connection) -> None:
    connection.data_received(HEAD.replace(b"1000", b"1000000") + b"\r\n")
    assert connection.phase() is Phase.BODY
    assert not connection.is_overdue(1000)
    for now_s in range(1050, 2000, 50):
        connection.data_received(bytes(30_000))
        connection.flow.resume_reading()
        assert not connection.is_overdue(now_s)
    connection.data_received(bytes(20_000))
    connection.flow.resume_reading()
    assert connection.is_overdue(2050)


def test_a_body_that_the_server_does_not_take_is_not_overdue(connection: Connection) -> None:
    connection.data_received(HEAD.replace(b"1000", b"1000000") + b"\r\n" + bytes(100_000))
    assert connection.flow.read_paused
    assert [connection.is_overdue(now_s) for now_s in (1000, 2000, 3000)] == [False] * 3


def test_a_client_that_may_not_send_its_body_yet_is_not_overdue(connection: Connection) -> None:
    connection.data_received(HEAD + b"Expect: 100-continue\r\n\r\n")
    assert [connection.is_overdue(now_s) for now_s in (1000, 2000, 3000)] == [False] * 3


def test_an_answer_may_take_its_time_and_its_reader_be_slow(connection: Connection) -> None:
    connection.data_received(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert connection.phase() is Phase.ANSWER
    assert [connection.is_overdue(now_s) for now_s in (1000, 2000, 3000)] == [False] * 3
    connection.pause_writing()
    pipe = cast("Pipe", connection.transport)
    pipe.unread = 1 << 20
    for now_s in range(3050, 4000, 50):
        pipe.unread -= 30_000
        assert not connection.is_overdue(now_s)
    assert connection.is_overdue(4050)


def test_only_who_has_sent_many_bytes_is_read_in_large_pieces(connection: Connection) -> None:
    pipe = cast("Pipe", connection.transport)
    usual, large = pipe.max_size, connections._LARGE_PIECE_BYTES
    assert usual < large
    connection.data_received(HEAD.replace(b"1000", b"1000000000") + b"\r\n")
    for _ in range(connections._MANY_BYTES // large - 1):
        connection.data_received(bytes(large))
        assert pipe.max_size == usual
    connection.data_received(bytes(large))
    assert pipe.max_size == large


def test_as_many_files_may_be_open_as_the_connections_need() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(400, hard), hard))
        assert ConnectionTable(ConnectionLimits(), exempt=lambda _: False).most == 136
        raise_open_files(ConnectionLimits(connections=200))
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == min(528, hard)
        raise_open_files(ConnectionLimits(connections=100))
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == min(528, hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
