"""A web server on this machine that keeps connections, sends parts, and misbehaves when told."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from tests.served_in_thread import served_in_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from email.message import Message

# (status, headers, body); with a cut the body is not sent to its end.
Answer = tuple[int, dict[str, str], bytes]


@dataclass
class FileServer:
    """What a server has and does, and what it was asked for.

    Attributes:
        files: content by path.
        address: without a slash at its end.
        has_parts: whether it sends parts of files.
        cuts: how many of the next answers end halfway.
        spoil: changes the answer to the request of a path and number; None for none.
        requests: the path, the Range and the Authorization of each request.
        sent_bytes: of bodies.
    """

    files: dict[bytes, bytes]
    address: str = ""
    has_parts: bool = True
    cuts: int = 0
    spoil: Callable[[bytes, int, Answer], Answer] | None = None
    requests: list[tuple[bytes, str, str]] = field(default_factory=list)
    sent_bytes: int = 0
    lock: Lock = field(default_factory=Lock)

    def answer(self, path: bytes, headers: Message) -> Answer:
        """Return the answer of a server that behaves."""
        content = self.files.get(path)
        if content is None:
            return 404, {}, b"no such file"
        tag = f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'
        span, known = headers.get("Range", ""), headers.get("If-Range", "")
        if not span or not self.has_parts or known not in {"", tag}:
            return 200, {"ETag": tag}, content
        first, _, last = span.removeprefix("bytes=").partition("-")
        part = content[int(first) : int(last) + 1]
        where = f"bytes {first}-{int(first) + len(part) - 1}/{len(content)}"
        return 206, {"ETag": tag, "Content-Range": where}, part


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16

    def __init__(self, server: FileServer, *arguments: object) -> None:
        self.what = server
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        what, path = self.what, unquote_to_bytes(self.path.lstrip("/"))
        answer = what.answer(path, self.headers)
        with what.lock:
            number, is_cut = len(what.requests), what.cuts > 0 and answer[0] < 300
            what.cuts -= is_cut
            asked = self.headers.get("Range", ""), self.headers.get("Authorization", "")
            what.requests.append((path, *asked))
        status, headers, body = what.spoil(path, number, answer) if what.spoil else answer
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        sent = body[: len(body) // 2] if is_cut else body
        with what.lock:
            what.sent_bytes += len(sent)
        try:
            self.wfile.write(sent)
            self.wfile.flush()
        except OSError:  # the reader has enough
            self.close_connection = True
        self.close_connection = self.close_connection or is_cut

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64


@contextmanager
def file_server(files: Mapping[bytes, bytes]) -> Iterator[FileServer]:
    """Serve files on a free port of this machine."""
    what = FileServer(dict(files))
    server = _Server(("127.0.0.1", 0), partial(_Handler, what))
    with served_in_thread(server) as what.address:
        yield what
