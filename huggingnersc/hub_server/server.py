"""The life of the server: one socket, one uvicorn, in a thread or in the foreground."""

from __future__ import annotations

import asyncio
import errno
import socket
import threading
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, cast

import uvicorn
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from huggingnersc.errors import SettingsError
from huggingnersc.fixes import Message, Option
from huggingnersc.hub_server.app import build_app
from huggingnersc.hub_server.connections import (
    Connection,
    ConnectionLimits,
    ConnectionTable,
    raise_open_files,
)
from huggingnersc.hub_server.error_mapping import asked_of, log_failure
from huggingnersc.hub_server.request_head import MAX_HEAD_BYTES
from huggingnersc.hub_server.services.maintenance import maintained
from huggingnersc.interrupts import defer_interrupt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from starlette.types import ASGIApp, Receive, Scope, Send

    from huggingnersc.hub_server.hub_context import HubContext

START_TIMEOUT_S = 30
STOP_TIMEOUT_S = 10
GRACE_S = 2  # for requests under way when the server stops
KEEP_ALIVE_S = 75
LIMITS = ConnectionLimits()
FLUSH_EVERY_S = 5
MAINTENANCE_WAIT_S = 2  # so that a short command finds the listings up to date
_KEPT_BYTES = 4 << 20
_OTHER_PORT = Message("Choose another port, or any free one: ", Option("port", "0"))
_OTHER_HOST = Message("Choose an address of this machine: ", Option("host", "127.0.0.1"))
_BIND_HINTS = {errno.EADDRINUSE: _OTHER_PORT, errno.EACCES: _OTHER_PORT}
_OUT_OF_FILES = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}


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
            hint=_BIND_HINTS.get(error.errno or 0, _OTHER_HOST),
        ) from error
    listener.listen(2048)
    return listener


def address_of(listener: socket.socket) -> str:
    """Return the URL a listening socket is reached at."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def in_thread(
    hub: HubContext, listener: socket.socket, limits: ConnectionLimits = LIMITS
) -> Iterator[None]:
    """Serve in a thread for the duration of the block; no request is under way when it ends.

    Raises:
        SettingsError: the server did not start.
    """
    server = _HubServer(hub, limits)
    thread = threading.Thread(
        target=server.run_in_thread, args=[listener], name="embedded-hub", daemon=True
    )

    def end() -> None:
        server.stop()
        if thread.ident is not None:
            thread.join(STOP_TIMEOUT_S)

    try:
        try:
            with defer_interrupt():  # Thread.start() leaves a thread of unknown state when cut
                thread.start()
            server.wait_started()
            with maintained(hub, patience_s=MAINTENANCE_WAIT_S):
                yield
        finally:
            end()
    finally:
        end()  # again, because Ctrl-C may have cut the first short


def in_foreground(hub: HubContext, listener: socket.socket) -> None:
    """Serve until SIGINT or SIGTERM."""
    raise_open_files(LIMITS)
    # From the first free() of such a block on, glibc keeps freed memory of its size; else an
    # upload costs a tenth more, for pages that are returned and taken again at each chunk.
    bytes(_KEPT_BYTES)
    stop = threading.Event()
    flusher = threading.Thread(target=_flush, args=[hub, stop], daemon=True)
    try:
        with defer_interrupt():
            flusher.start()
        with maintained(hub, patience_s=0):
            _HubServer(hub, LIMITS).run(sockets=[listener])
    finally:
        stop.set()
        if flusher.ident is not None:
            flusher.join()


class _HubServer(uvicorn.Server):
    """A uvicorn server that waits for events where uvicorn sleeps 0.1 s and looks again."""

    server_state: ConnectionTable

    def __init__(self, hub: HubContext, limits: ConnectionLimits) -> None:
        # A Hub with only the local user answers to this machine alone, where no proxy is.
        proxied = not hub.accounts.is_local
        super().__init__(
            uvicorn.Config(
                _with_log(build_app(hub)),
                loop="asyncio",
                http=Connection,
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=proxied,
                ws="none",
                timeout_keep_alive=KEEP_ALIVE_S,
                h11_max_incomplete_event_size=MAX_HEAD_BYTES,
            )
        )
        is_proxy = _trusted_proxy(self.config)
        self.server_state = ConnectionTable(limits, exempt=lambda one: proxied and is_proxy(one))
        # A SimpleQueue waits in C, so that Ctrl-C cannot leave it half done as it can an Event.
        self._ready: SimpleQueue[Exception | None] = SimpleQueue()
        self._stopping = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def run_in_thread(self, listener: socket.socket) -> None:
        """Serve until stopped; what goes wrong is raised by `wait_started`."""
        try:
            self.run(sockets=[listener])
        except Exception as error:  # noqa: BLE001 - it belongs to the thread that waits
            self._ready.put(error)

    def wait_started(self) -> None:
        """Wait until connections are accepted. Raises: SettingsError: that failed."""
        try:
            failure = self._ready.get(timeout=START_TIMEOUT_S)
        except Empty as error:
            failure = error
        if failure is not None:
            raise SettingsError("The embedded Hub did not start.") from failure

    def stop(self) -> None:
        """Stop serving; may be called from any thread, from a signal handler, and repeatedly."""
        self.should_exit = True
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop is closed, so the server has stopped
                self._loop.call_soon_threadsafe(self._stopping.set)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Note the signal, to be raised again after the shutdown, and stop."""
        super().handle_exit(sig, frame)
        self.stop()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept connections, and say so."""
        await super().startup(sockets)
        self._ready.put(None)

    async def main_loop(self) -> None:
        """Serve until stopped; at each look at the connections the Date header is renewed."""
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(self._on_loop_error)
        while not await self.on_tick(0):
            self.server_state.sweep(self._loop.time())
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self.server_state.limits.sweep_s)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close every connection, after its request if that ends within the grace period."""
        for server in self.servers:
            server.close()
        for listener in sockets or ():
            listener.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        with suppress(TimeoutError):
            await asyncio.wait_for(self.server_state.wait_idle(), GRACE_S)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await self.server_state.wait_closed()
        for task in self.server_state.tasks:
            task.cancel()
        await self.server_state.wait_idle()

    def _on_loop_error(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, OSError) and error.errno in _OUT_OF_FILES:
            # asyncio reports thousands a second, then accepts again after a pause,
            self.server_state.count("before they began, because no more files can be open")
        elif not (isinstance(error, ValueError) and self.should_exit):
            # also when the listener has been closed, which is a ValueError.
            loop.default_exception_handler(context)


def _trusted_proxy(config: uvicorn.Config) -> Callable[[str], bool]:
    # The proxies whose X-Forwarded-For uvicorn believes: FORWARDED_ALLOW_IPS, or this machine.
    middleware = ProxyHeadersMiddleware(cast("Any", config.app), config.forwarded_allow_ips)
    return lambda address: address in middleware.trusted_hosts


def _with_log(app: ASGIApp) -> ASGIApp:
    """Return `app` with its errors in our log; being cancelled at shutdown is none."""

    async def run(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            with suppress(asyncio.CancelledError):
                await app(scope, receive, send)
        except Exception as error:
            log_failure(error, asked=asked_of(scope))
            raise  # uvicorn ends the connection

    return run


def _flush(hub: HubContext, stop: threading.Event) -> None:
    while not stop.wait(FLUSH_EVERY_S):
        hub.downloads.flush()
