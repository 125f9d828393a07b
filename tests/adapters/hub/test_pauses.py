"""How long a command waits for a Hub with a rate limit."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.hub.client import Hub
from huggingnersc.errors import HubUnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def _busy(status: int, headers: dict[str, str]) -> Iterator[tuple[Hub, list[str]]]:
    asked: list[str] = []

    class Busy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": "0"}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Busy) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield Hub(f"http://127.0.0.1:{server.server_port}", None), asked
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("status", "headers", "pause_s"),
    [
        (429, {"Retry-After": "3600"}, 3600),
        (503, {"Retry-After": "61"}, 61),
        (429, {"RateLimit": '"api";r=0;t=299'}, 299),
        pytest.param(
            503, {"Retry-After": "9" * 5000}, 999_999_999, marks=pytest.mark.attack("Hub answers")
        ),
    ],
)
def test_command_fails_instead_of_waiting_long(
    status: int, headers: dict[str, str], pause_s: int
) -> None:
    with (
        _busy(status, headers) as (hub, asked),
        pytest.raises(HubUnreachableError, match=rf"\b{pause_s} s\b") as caught,
    ):
        hub.read_file("NERSC/iris", "README.md", revision="main")
    assert len(asked) == 1
    assert caught.value.hint


@pytest.mark.parametrize("retry_after", ["60", "Wed, 21 Oct 2026 07:28:00 GMT", "soon"])
def test_command_waits_for_a_short_or_unreadable_pause(
    monkeypatch: pytest.MonkeyPatch, retry_after: str
) -> None:
    slept: list[float] = []
    sleep, ours = time.sleep, threading.current_thread()

    def noted(seconds: float) -> None:
        if threading.current_thread() is ours:
            slept.append(seconds)
        else:
            sleep(seconds)

    monkeypatch.setattr(time, "sleep", noted)
    with (
        _busy(429, {"Retry-After": retry_after}) as (hub, asked),
        pytest.raises(HubUnreachableError, match=r"HTTP 429"),
    ):
        hub.read_file("NERSC/iris", "README.md", revision="main")
    assert len(asked) == 1 + len(slept) > 1
    assert slept[0] == (61 if retry_after == "60" else 1)
