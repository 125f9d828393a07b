"""A web server on this machine that sends parts of files, or does not, or cuts connections."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import unquote

from tests.served_in_thread import served_in_thread

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class RangeServer:
    """What a server does, and what it was asked for.

    Attributes:
        root: the folder that it serves.
        address: without a slash at its end.
        has_parts: whether it sends parts of files.
        from_start: whether these begin with the first byte, whatever is asked for.
        cut_after: the bytes of an answer after which it closes the connection; None for never.
        delay_s: before each answer.
        requests: the path and the Range of each request.
        sent_bytes: of the files.
    """

    root: Path
    address: str = ""
    has_parts: bool = True
    from_start: bool = False
    cut_after: int | None = None
    delay_s: float = 0
    requests: list[tuple[str, str]] = field(default_factory=list)
    sent_bytes: int = 0
    lock: Lock = field(default_factory=Lock)

    def reset(self) -> None:
        """Forget what it was asked for."""
        self.requests.clear()
        self.sent_bytes = 0


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, server: RangeServer, *arguments: object) -> None:
        self.what = server
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def _answer(self, *, with_body: bool) -> None:
        path, span = unquote(self.path, errors="surrogateescape"), self.headers.get("Range", "")
        with self.what.lock:
            self.what.requests.append((path, span))
        time.sleep(self.what.delay_s)
        file = Path(self.what.root, path.lstrip("/"))
        if not file.is_file():
            return self.send_error(404)
        size = file.stat().st_size
        start, stop = 0, size
        is_part = bool(span) and self.what.has_parts
        if is_part:
            first, _, last = span.removeprefix("bytes=").partition("-")
            start = int(first) if first else size - int(last)
            stop = min(int(last) + 1, size) if first and last else size
            start = 0 if self.what.from_start else start
        if start >= size > 0 and is_part:
            return self.send_error(416)
        self.send_response(206 if is_part else 200)
        self.send_header("Content-Length", str(stop - start))
        if self.what.has_parts:
            self.send_header("Accept-Ranges", "bytes")
        if is_part:
            self.send_header("Content-Range", f"bytes {start}-{stop - 1}/{size}")
        self.end_headers()
        if with_body:
            self._send(file, start, stop)
        return None

    def _send(self, file: Path, start: int, stop: int) -> None:
        limit = self.what.cut_after
        with file.open("rb") as stream:
            stream.seek(start)
            left = stop - start if limit is None else min(limit, stop - start)
            while left and (data := stream.read(min(left, 1 << 16))):
                try:
                    self.wfile.write(data)
                except OSError:  # the reader has enough
                    self.close_connection = True
                    return
                left -= len(data)
                with self.what.lock:
                    self.what.sent_bytes += len(data)
        if limit is not None and limit < stop - start:
            self.close_connection = True

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


@contextmanager
def range_server(root: Path) -> Iterator[RangeServer]:
    """Serve a folder on a free port of this machine."""
    what = RangeServer(root)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, what))
    server.daemon_threads = True
    with served_in_thread(server) as what.address:
        yield what
