"""A hostile Hub cannot make the client send the token to another address."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from huggingface_hub import HfApi, close_session

from huggingnersc.adapters.hub.client import Hub
from huggingnersc.adapters.hub.client_settings import at_home, prepare_client
from huggingnersc.errors import HubAnswerError

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "hf_" + "aB3" * 12
pytestmark = pytest.mark.attack("tokens sent elsewhere")


class Server(ThreadingHTTPServer):
    """Answers every request with `[]` and the given status and headers; notes the tokens."""

    daemon_threads = True

    def __init__(self, status: int, headers: dict[str, str]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.status, self.headers = status, headers
        self.tokens: list[str | None] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.tokens.append(self.headers["authorization"])
        self.rfile.read(int(self.headers["content-length"] or 0))
        self.send_response(self.server.status)
        for name, value in {"content-length": "2", **self.server.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"[]")

    do_POST = do_GET  # noqa: N815 - the name is http.server's

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def serving(status: int = 200, **headers: str) -> Iterator[Server]:
    with Server(status, headers) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_to_another_address_loses_the_token(status: int) -> None:
    with serving() as other, serving(status, location=f"{other.address}/x") as hub:
        assert list(Hub(hub.address, TOKEN).datasets("NERSC")) == []
        assert (hub.tokens, other.tokens) == ([f"Bearer {TOKEN}"], [None])


def test_next_page_at_another_address_is_asked_of_the_hub_itself() -> None:
    with serving() as other, serving(link=f'<{other.address}/x>; rel="next"') as hub:
        with pytest.raises(HubAnswerError):  # it has nothing new
            list(Hub(hub.address, TOKEN).datasets("NERSC"))
        assert (hub.tokens, other.tokens) == ([f"Bearer {TOKEN}"] * 2, [])


def test_upload_verified_at_another_address_does_not_show_the_token() -> None:
    from huggingface_hub.utils import (  # type: ignore[attr-defined]
        build_hf_headers,
        http_backoff,
    )

    with serving() as other, serving() as hub:
        prepare_client()
        headers = build_hf_headers(token=TOKEN)  # as the client does with an LFS verify action
        with at_home(TOKEN, hub.address):  # as every call of Hub
            http_backoff("POST", f"{other.address}/verify", headers=headers, json={})
            http_backoff("POST", f"{hub.address}/verify", headers=headers, json={})
        assert other.tokens == [None]
        assert hub.tokens == [f"Bearer {TOKEN}"]


def test_no_proxy_is_asked_for_a_hub_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as hub, serving() as proxy:
        for name in ("http_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.address)
        monkeypatch.delenv("no_proxy", raising=False)
        close_session()  # the next client reads the environment
        try:
            list(Hub(hub.address, TOKEN).datasets("NERSC"))
        finally:
            close_session()
        assert (len(hub.tokens), proxy.tokens) == (1, [])


def test_one_token_for_two_hubs_goes_to_both() -> None:
    with serving() as one, serving() as other:
        for hub in (one, other):
            list(Hub(hub.address, TOKEN).datasets("NERSC"))
        assert one.tokens == other.tokens == [f"Bearer {TOKEN}"]


def test_what_a_caller_sends_with_the_same_token_is_not_concerned() -> None:
    with serving() as other, serving() as hub:
        assert list(Hub(hub.address, TOKEN).datasets("NERSC")) == []
        HfApi(other.address, token=TOKEN).whoami()
    assert hub.tokens == other.tokens == [f"Bearer {TOKEN}"]
