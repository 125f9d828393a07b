"""The life of the server: one socket, one uvicorn, in a thread or in the foreground."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn

from huggingnersc.errors import SettingsError
from huggingnersc.hub_server.app import build_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.hub_server.hub_context import HubContext

START_TIMEOUT_S = 30
STOP_TIMEOUT_S = 10
KEEP_ALIVE_S = 75
MAX_HEADER_BYTES = 64 << 10
FLUSH_EVERY_S = 5


def bind(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 takes a free one. Raises: SettingsError: it is in use."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio switches Nagle's delay off (40 ms a request) only on sockets that say they are TCP.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise SettingsError(
            f"Cannot listen on {host} port {port}: {error.strerror}.",
            hint="Give another port with --port, or --port 0 for any free one.",
        ) from error
    listener.listen(2048)
    return listener


def address_of(listener: socket.socket) -> str:
    """Return the URL a listening socket is reached at."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def in_thread(hub: HubContext, listener: socket.socket) -> Iterator[None]:
    """Serve in a thread for the duration of the block; everything is written when it ends."""
    server = _server(hub)
    thread = threading.Thread(
        target=server.run, kwargs={"sockets": [listener]}, name="embedded-hub", daemon=True
    )
    try:
        thread.start()
        deadline = time.monotonic() + START_TIMEOUT_S
        while not server.started and thread.is_alive() and time.monotonic() < deadline:
            time.sleep(0.002)
        if not server.started:
            raise SettingsError(f"The embedded Hub did not start on {address_of(listener)}.")
        yield
    finally:
        server.should_exit = True
        if thread.ident is not None:  # Ctrl-C may come before it runs
            thread.join(STOP_TIMEOUT_S)


def in_foreground(hub: HubContext, listener: socket.socket) -> None:
    """Serve until SIGINT or SIGTERM."""
    stop = threading.Event()
    flusher = threading.Thread(target=_flush, args=[hub, stop], daemon=True)
    flusher.start()
    try:
        _server(hub).run(sockets=[listener])
    finally:
        stop.set()
        flusher.join()


def _server(hub: HubContext) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            build_app(hub),
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            ws="none",
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=2,
            h11_max_incomplete_event_size=MAX_HEADER_BYTES,
        )
    )


def _flush(hub: HubContext, stop: threading.Event) -> None:
    while not stop.wait(FLUSH_EVERY_S):
        hub.downloads.flush()
