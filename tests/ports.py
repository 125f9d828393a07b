"""Ports of this machine that no one else gets while a test needs them."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def held_port() -> Iterator[int]:
    """Yield a port of 127.0.0.1 that refuses connections until a server of the test takes it.

    The kernel gives it to no one else. A server that sets SO_REUSEADDR, as every server here
    does, can listen on it all the same, because the socket that holds it does not listen.
    """
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]
