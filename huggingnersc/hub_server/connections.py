"""Connections of clients that may be slow, silent or too many: deadlines, limits, one log line.

Every connection is looked at once in `sweep_s`, so that a request costs nothing more for it.
"""

from __future__ import annotations

import asyncio
import logging
import resource
import socket
import struct
from collections import Counter, defaultdict
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

if TYPE_CHECKING:
    from collections.abc import Callable

    from uvicorn.protocols.http.h11_impl import RequestResponseCycle

log = logging.getLogger(__name__)

_UVICORN_LOG = log.getChild("uvicorn")
_UVICORN_LOG.setLevel(logging.CRITICAL + 1)  # it has a line for each bad request; ours counts
_FILES_IN_USE = 128  # by the database, by git, and by the program the server runs in
_FILES_PER_CONNECTION = 2  # the socket, and the file that is sent or received
_MANY_BYTES, _LARGE_PIECE_BYTES = 8 << 20, 1 << 20
_RESET = struct.pack("ii", 1, 0)  # for SO_LINGER
_TIMEOUT_ANSWER = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Phase(Enum):
    """What a connection waits for."""

    IDLE = auto()  # the next request, after at least one
    HEAD = auto()  # the first request, or the rest of a head
    BODY = auto()  # the rest of it, also where it is no longer read
    ANSWER = auto()  # the server, or a client that reads
    CLOSING = auto()


_WAITING = frozenset({Phase.IDLE, Phase.HEAD})
_UNFINISHED = frozenset({Phase.HEAD, Phase.BODY})


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """What clients may take of a server.

    Attributes:
        connections: how many there may be, if the limit of open files allows as many.
        unfinished: how many requests of one address may have arrived in part; of a trusted
            proxy, any number.
        head_s: seconds for the head of a request in all, and for closing.
        stall_s: seconds in which `progress_bytes` of a body or an answer must get through.
        progress_bytes: the bytes that count as progress.
        spare_s: seconds without progress after which a connection makes room for a new one.
        sweep_s: seconds between two looks at the connections.
        report_s: seconds between two lines of the log about connections that were closed.
    """

    connections: int = 2000
    unfinished: int = 256
    head_s: float = 30
    stall_s: float = 60
    progress_bytes: int = 30_000
    spare_s: float = 5
    sweep_s: float = 1
    report_s: float = 60


class ConnectionTable(ServerState):
    """The connections and requests of one server.

    Args:
        limits: what clients may take.
        exempt: whether an address may have any number of unfinished requests.
    """

    connections: set[Connection]  # type: ignore[assignment]  # this server has no others

    def __init__(self, limits: ConnectionLimits, *, exempt: Callable[[str], bool]) -> None:
        super().__init__()
        self.limits = limits
        self.most = int(min(limits.connections, _most_for_open_files()))
        self.connection_ended = asyncio.Event()
        self._exempt = exempt
        self._counts: Counter[str] = Counter()
        self._reported_s = float("-inf")

    def make_room_for(self, newcomer: Connection, now_s: float) -> None:
        """When there are too many connections, close some that make no progress.

        Where all do, the newcomer is closed.
        """
        if len(self.connections) <= self.most:
            return
        spare = [one for one in self.connections if one.is_spare(now_s) and one is not newcomer]
        spare.sort(key=Connection.deadline_s)
        for one in spare[: 1 + self.most // 20]:  # several, so that the next need not search
            self._close(one, "to make room for another")
        if not spare:
            self._close(newcomer, "for want of room")

    def sweep(self, now_s: float) -> None:
        """Close the connections that are overdue or too many of one address; log how many."""
        unfinished = defaultdict(list)
        for one in list(self.connections):
            if one.is_overdue(now_s):
                self.count("too slow")
                one.time_out()
            elif one.phase() in _UNFINISHED and not self._exempt(one.address):
                unfinished[one.address].append(one)
        for found in unfinished.values():
            found.sort(key=Connection.deadline_s)
            for one in found[: max(0, len(found) - self.limits.unfinished)]:
                self._close(one, "with too many unfinished requests of one address")
        if self._counts and now_s - self._reported_s >= self.limits.report_s:
            self._report(now_s)

    def count(self, reason: str) -> None:
        """Count a connection that was closed, for the next line of the log."""
        self._counts[reason] += 1

    async def wait_closed(self) -> None:
        """Wait until there is no connection."""
        while self.connections:
            self.connection_ended.clear()
            await self.connection_ended.wait()

    async def wait_idle(self) -> None:
        """Wait until there is no connection and no request."""
        await self.wait_closed()
        if self.tasks:
            await asyncio.wait(self.tasks)

    def _close(self, connection: Connection, reason: str) -> None:
        self.count(reason)
        self.connections.discard(connection)
        connection.drop()

    def _report(self, now_s: float) -> None:
        counts = (f"{count:,} {reason}" for reason, count in sorted(self._counts.items()))
        log.warning("closed connections: %s", ", ".join(counts))
        self._counts.clear()
        self._reported_s = now_s


class Connection(H11Protocol):
    """An HTTP connection that knows how long it has waited for its client."""

    server_state: ConnectionTable

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a place in the table."""
        self.logger = _UVICORN_LOG
        self._since_s = self.loop.time()  # of the last progress
        self._received = self._mark = 0
        self._seen: tuple[Phase, RequestResponseCycle | None] = (Phase.HEAD, None)
        super().connection_made(transport)
        self.address = self.client[0] if self.client else ""
        self.server_state.make_room_for(self, self._since_s)

    def data_received(self, data: bytes) -> None:
        """Count the bytes, and parse them; who sends many is read in larger pieces.

        Each piece is parsed and handed on by itself: at asyncio's 256 KiB an upload takes a
        quarter more time of the server. Others hold less memory so.
        """
        self._received += len(data)
        if self._received >= _MANY_BYTES:
            self.transport.max_size = _LARGE_PIECE_BYTES  # type: ignore[attr-defined]
        super().data_received(data)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is not HTTP; a request under way ends as if its client had left."""
        self.server_state.count("that sent no valid HTTP")
        if self.cycle is not None:
            self.cycle.disconnected = True
        try:
            super().send_400_response(msg)
        except h11.LocalProtocolError:  # an answer has begun
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave the table."""
        super().connection_lost(exc)
        self.server_state.connection_ended.set()

    def phase(self) -> Phase:
        """Return what this connection waits for."""
        if self.transport.is_closing():
            return Phase.CLOSING
        if self.conn.their_state is h11.IDLE:
            is_first = self.cycle is None
            return Phase.HEAD if is_first or self._has_part_of_head() else Phase.IDLE
        if self.conn.their_state is h11.SEND_BODY:
            return Phase.BODY
        return Phase.CLOSING if self.cycle.response_complete else Phase.ANSWER

    def is_spare(self, now_s: float) -> bool:
        """Return whether this connection can be closed for another one."""
        return self.phase() in _WAITING or now_s - self._since_s > self.server_state.limits.spare_s

    def is_overdue(self, now_s: float) -> bool:
        """Note what moved since the last call; return whether nothing did for too long."""
        limits, phase = self.server_state.limits, self.phase()
        moved = self._moved(phase)
        if (
            (phase, self.cycle) != self._seen
            or not 0 <= moved - self._mark < limits.progress_bytes  # less: more was written
            or self._waits_for_us(phase)
        ):
            self._seen, self._mark, self._since_s = (phase, self.cycle), moved, now_s
        return phase is not Phase.IDLE and now_s > self.deadline_s()  # uvicorn ends idle ones

    def deadline_s(self) -> float:
        """Return the time after which the last progress was too long ago."""
        limits, moving = self.server_state.limits, self.phase() in {Phase.BODY, Phase.ANSWER}
        return self._since_s + (limits.stall_s if moving else limits.head_s)

    def time_out(self) -> None:
        """Close, with an answer where part of a request has come and no answer has begun."""
        phase = self.phase()
        if (phase is Phase.HEAD and self._has_part_of_head()) or (
            phase is Phase.BODY and not self.cycle.response_started
        ):
            self.transport.write(_TIMEOUT_ANSWER)
            self.transport.close()
        else:
            self.drop()

    def drop(self) -> None:
        """Close at once; the kernel is not left with what the client does not read."""
        if self.flow.write_paused:
            client = self.transport.get_extra_info("socket")
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.transport.abort()

    def _has_part_of_head(self) -> bool:
        return bool(self.conn.trailing_data[0])

    def _moved(self, phase: Phase) -> int:
        if phase is Phase.BODY:
            return self._received
        return -self.transport.get_write_buffer_size() if phase is Phase.ANSWER else 0

    def _waits_for_us(self, phase: Phase) -> bool:
        if phase is Phase.BODY:
            return self.flow.read_paused or self.cycle.waiting_for_100_continue
        return phase is Phase.ANSWER and not self.flow.write_paused


def raise_open_files(limits: ConnectionLimits) -> None:
    """Let this process open as many files as `limits` need, or as many as it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = _FILES_IN_USE + _FILES_PER_CONNECTION * limits.connections
    if soft != resource.RLIM_INFINITY and soft < needed:
        most = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _most_for_open_files() -> float:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return float("inf")
    return max(1, (soft - _FILES_IN_USE) // _FILES_PER_CONNECTION)
