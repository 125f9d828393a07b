"""Share the worker threads: the slow requests of one client leave threads to all others."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ParamSpec, TypeVar
from weakref import WeakValueDictionary

from huggingnersc.hub_server.http_error import HttpError
from huggingnersc.hub_server.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
T = TypeVar("T")

MOST_AT_ONCE = 12  # of the 40 threads that there are
MOST_WAITING = 500


class Turns:
    """Let `MOST_AT_ONCE` requests of one client hold a thread; others of it wait without one.

    A request may hold its thread for long, such as for the lock of its repository. Used by the
    event loop only.
    """

    def __init__(self, at_once: int = MOST_AT_ONCE, waiting: int = MOST_WAITING) -> None:
        self._at_once, self._waiting = at_once, waiting
        self._workers = Workers()
        self._clients: WeakValueDictionary[str, _Client] = WeakValueDictionary()

    async def run(
        self, client: str, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Return what `function` returns, called in a worker thread.

        Raises:
            HttpError: 429: too many requests of this client wait.
        """
        turns = self._clients.get(client)
        if turns is None:
            turns = self._clients[client] = _Client(self._at_once)
        if turns.requests >= self._at_once + self._waiting:
            raise HttpError(429, "Too many of your requests wait", headers={"Retry-After": "5"})
        turns.requests += 1
        try:
            async with turns.free:
                return await self._workers.run(function, *args, **kwargs)
        finally:
            turns.requests -= 1


class _Client:
    def __init__(self, at_once: int) -> None:
        self.free = asyncio.Semaphore(at_once)
        self.requests = 0
