"""A proxy on loopback in front of a Hub that spoils one request, or all from one on."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

_HOP = {"connection", "transfer-encoding", "content-length", "date", "server"}
OTHER_SHAPES = {  # what answers with 200 and is no answer of a Hub
    "another shape": b'{"files": [{"path": null}], "id": 5, "name": [], "url": {}, "siblings": 1}',
    "a list": b"[null]",
    "a login page": b"<!doctype html><title>Log in to the network</title>",
}
_RESET = struct.pack("ii", 1, 0)  # linger for no time: closing sends a reset


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with requests.

    Attributes:
        kind: `refused`, `reset`, `timeout`, `truncated`, `kill`, an HTTP status, or a name of
            `OTHER_SHAPES`.
        at: the number of the first request concerned, from 0.
        passed_on: whether the Hub does what was asked, and only its answer is lost.
        lasting: whether every later request is concerned too.
    """

    kind: str
    at: int
    passed_on: bool = False
    lasting: bool = False

    def concerns(self, number: int) -> bool:
        """Return whether the request of this number is spoilt."""
        return number == self.at or (self.lasting and number > self.at)


class FaultyProxy:
    """Serves `port`; `fault` may be set between two commands.

    Args:
        port: a port that the caller has bound with SO_REUSEADDR and does not listen on.
        hub: the address of the Hub behind.
        storage: the address of an S3 storage behind, to which what concerns `bucket` is passed on;
            then only that can be spoilt.
        bucket: its name; empty where there is none.
    """

    def __init__(self, port: int, hub: str, storage: str = "", bucket: str = "") -> None:
        self._port, self._hub = port, urlsplit(hub)
        self._storage, self._bucket = urlsplit(storage), bucket
        self.fault: Fault | None = None
        self.requests: list[str] = []
        self.is_over = threading.Event()

    @contextlib.contextmanager
    def during(self, fault: Fault | None) -> Iterator[None]:
        """Serve with this fault for the time of the block."""
        self.fault, self.requests, self.is_over = fault, [], threading.Event()
        self._server = _Server(("127.0.0.1", self._port), _handler(self))
        if fault and fault.kind == "refused" and fault.at == 0:
            self._server.server_close()
            yield
            return
        thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            self.is_over.set()
            self._server.shutdown()
            self._server.server_close()

    def refuse(self) -> None:
        """Let every later connection be refused."""
        self._server.socket.close()

    def can_spoil(self, path: str) -> bool:
        """Return whether a request is one of those that faults concern."""
        return not self._bucket or self._is_of_bucket(path)

    def answer(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> _Answer:
        """Ask the Hub or the storage behind."""
        behind = self._storage if self._is_of_bucket(path) else self._hub
        upstream = http.client.HTTPConnection(behind.hostname or "", behind.port)
        upstream.request(method, path, body, headers)
        answer = upstream.getresponse()
        kept = [pair for pair in answer.getheaders() if pair[0].lower() not in _HOP]
        content = answer.read()
        upstream.close()
        length = answer.getheader("Content-Length") if method == "HEAD" else None
        return _Answer(answer.status, kept, content, length or str(len(content)))

    def _is_of_bucket(self, path: str) -> bool:
        return bool(self._bucket) and path.startswith(f"/{self._bucket}")


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: list[tuple[str, str]]
    content: bytes
    length: str = ""  # of the content, also where it is not sent


class _Server(ThreadingHTTPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64


def _handler(proxy: FaultyProxy) -> type[BaseHTTPRequestHandler]:  # noqa: C901 - a class
    class Handler(BaseHTTPRequestHandler):
        def pass_on(self) -> None:
            if self.headers.get("Expect") == "100-continue":
                self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if not proxy.can_spoil(self.path):
                self._send(self._ask(body))
                return
            number = len(proxy.requests)
            proxy.requests.append(f"{self.command} {self.path}")
            fault = proxy.fault
            if fault is None or not fault.concerns(number):
                answer = self._ask(body)
                if fault and fault.kind == "refused" and number + 1 == fault.at:
                    proxy.refuse()
                self._send(answer)
                return
            self._spoil(fault.kind, self._ask(body) if fault.passed_on else None)

        def _ask(self, body: bytes) -> _Answer:
            return proxy.answer(self.command, self.path, body, dict(self.headers))

        def _spoil(self, kind: str, answer: _Answer | None) -> None:
            if kind == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            if kind == "timeout":
                proxy.is_over.wait()
            if kind == "reset":
                self._send(answer, cut=True)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            if kind == "truncated" and answer:
                half = answer.content[: len(answer.content) // 2]
                self._send(_Answer(answer.status, answer.headers, half))
            if kind in OTHER_SHAPES:
                self._send(_Answer(200, [], OTHER_SHAPES[kind]))
            if kind.isdigit():
                self._send(_refusal(int(kind)))
            self.close_connection = True

        def _send(self, answer: _Answer | None, *, cut: bool = False) -> None:
            if answer is None:
                return
            self.send_response(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", answer.length or str(len(answer.content)))
            self.end_headers()
            with suppress(OSError):  # a reader that expects another length has left
                self.wfile.write(answer.content[: len(answer.content) // 2 if cut else None])
                self.wfile.flush()

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = pass_on  # noqa: N815

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    return Handler


def _refusal(status: int) -> _Answer:
    """Return what the Hub, or the machine before it, answers: JSON below 500, a page above."""
    wait = [("Retry-After", "7")] if status == 429 else []
    if status < 500:
        content = json.dumps({"error": "The fault suite says no"}).encode()
        return _Answer(status, [("Content-Type", "application/json"), *wait], content)
    page = b"<html><head><title>Oh no</title></head><body>upstream</body></html>"
    return _Answer(status, [("Content-Type", "text/html"), *wait], page)
