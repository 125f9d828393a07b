"""A Hub whose answers are changed on the way to huggingface_hub's client."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx2
from huggingface_hub import set_client_factory
from huggingface_hub.utils._http import default_client_factory, hf_request_event_hook

from huggingnersc.adapters.hub import client_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    # Takes the request and its answer, read whole; returns what the client gets instead.
    Change = Callable[[httpx2.Request, httpx2.Response], httpx2.Response]
    Answer = Callable[[httpx2.Request], httpx2.Response]


class _Changing(httpx2.BaseTransport):
    def __init__(self, change: Change) -> None:
        self._change, self._real = change, httpx2.HTTPTransport()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = self._real.handle_request(request)
        answer.read()
        return self._change(request, answer)

    def close(self) -> None:
        self._real.close()


@contextmanager
def answers_changed(change: Change) -> Iterator[None]:
    """Within the block every answer to huggingface_hub passes `change`."""
    with _used(lambda: _Changing(change)):
        yield


@contextmanager
def answered_by(answer: Answer) -> Iterator[None]:
    """Within the block `answer` takes the place of every Hub."""
    with _used(lambda: httpx2.MockTransport(answer)):
        yield


@contextmanager
def _used(transport: Callable[[], httpx2.BaseTransport]) -> Iterator[None]:

    def make() -> httpx2.Client:
        hooks = {"request": [hf_request_event_hook]}
        return httpx2.Client(
            transport=transport(), event_hooks=hooks, follow_redirects=True, timeout=None
        )

    _use(make)
    try:
        yield
    finally:
        _use(default_client_factory)


def _use(make: Callable[[], httpx2.Client]) -> None:
    """Let huggingface_hub use another client, as a new process does: without timeouts and log."""
    set_client_factory(make)
    client_settings._log_requests.cache_clear()


def with_content(answer: httpx2.Response, content: bytes, **headers: bytes) -> httpx2.Response:
    """Return an answer with another body, and with other headers where they are given."""
    given = {name.replace("_", "-").encode(): value for name, value in headers.items()}
    dropped = {b"content-length", b"content-encoding", b"transfer-encoding", *given}
    kept = [pair for pair in answer.headers.raw if pair[0].lower() not in dropped]
    return httpx2.Response(answer.status_code, headers=[*kept, *given.items()], content=content)
