"""Call functions in worker threads, quick ones all in the same thread.

Python runs one thread at a time. Where several are ready to run, each file that one of them opens
makes them wake and wait for one another: with eight clients a small file took 2.4 ms of wall time
with a thread for each request, 1.1 with one thread for all (two idle cores).

So one thread, the leader, makes the calls in their order, as long as each is done in 5 ms. When
one takes longer, such as for the lock of a repository, another thread leads from then on.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from starlette.concurrency import run_in_threadpool

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
T = TypeVar("T")

_LATE_S = 0.005  # a call that takes longer has its thread for itself
_TOGETHER_S = 0.0025  # results within it are passed on together, which wakes the event loop once
_LINGER_S = 0.1  # a leader without work ends after it


class Workers:
    """The worker threads of a server; its methods belong to the event loop.

    The threads are those of the loop, which limits their number and ends them.
    """

    def __init__(self) -> None:
        self._lane: _Lane | None = None

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what `function` returns, called in a worker thread."""
        loop = asyncio.get_running_loop()
        if self._lane is None or self._lane.loop is not loop:
            self._lane = _Lane(loop)
        call = _Call(partial(function, *args, **kwargs), loop.create_future())
        self._lane.add(call)
        await call.ended
        return cast("T", call.outcome())


class _Call:
    """A call, and what became of it."""

    __slots__ = ("_error", "_function", "_result", "ended")

    def __init__(self, function: Callable[[], Any], ended: asyncio.Future[None]) -> None:
        self._function, self.ended = function, ended
        self._result: Any = None
        self._error: BaseException | None = None

    def make(self) -> None:
        """Call, unless no one waits for it any more."""
        if self.ended.cancelled():
            return
        try:
            self._result = self._function()
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            self._error = error

    def outcome(self) -> Any:
        """Return what the function returned, or raise what it raised."""
        if self._error is None:
            return self._result
        try:
            raise self._error
        finally:
            self._error = None  # it holds this frame


class _Leader:
    """The right to take calls; `taken` counts them."""

    def __init__(self) -> None:
        self.taken = 0
        self.has_ended = False


class _Lane:
    """The calls of one event loop, in their order."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()
        self._made: deque[_Call] = deque()
        self._pending = 0
        self._leader: _Leader | None = None
        self._threads: set[asyncio.Task[None]] = set()
        self._seen: tuple[_Leader | None, int] = (None, 0)
        self._timer: asyncio.TimerHandle | None = None

    def add(self, call: _Call) -> None:
        """Let a call be made."""
        self._pending += 1
        self._calls.put(call)
        if self._leader is None or self._leader.has_ended:
            self._appoint()
        if self._timer is None:
            self._timer = self.loop.call_later(_LATE_S, self._look)

    def _appoint(self) -> None:
        """Let another thread take the calls from now on."""
        self._leader = _Leader()
        task = self.loop.create_task(run_in_threadpool(self._lead, self._leader))
        self._threads.add(task)
        task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._threads.discard(task)
        if task.cancelled():  # the loop ends, and the process would wait for a leader that lingers
            self._calls.put(None)

    def _look(self) -> None:
        """Appoint another leader where calls wait and this one has taken none since the last."""
        self._tell()
        self._timer = None
        if not self._pending:
            return
        taken = self._leader.taken if self._leader else 0
        now = (self._leader, taken)
        if taken and now == self._seen and not self._calls.empty():  # 0: it waits for a thread
            self._appoint()
        self._seen = now
        self._timer = self.loop.call_later(_LATE_S, self._look)

    def _tell(self) -> None:
        """Let those go on whose calls were made."""
        while self._made:
            call = self._made.popleft()
            self._pending -= 1
            if not call.ended.done():
                call.ended.set_result(None)

    def _lead(self, leader: _Leader) -> None:
        """Take calls and make them, in a worker thread, until another one leads."""
        begun_s = 0.0
        while self._leader is leader and (call := self._next(leader)):
            leader.taken += 1
            call.make()
            if not self._made:
                begun_s = monotonic()
            self._made.append(call)
            if self._calls.empty() or monotonic() - begun_s >= _TOGETHER_S:
                self._wake()
        leader.has_ended = True
        if self._made:
            self._wake()

    def _next(self, leader: _Leader) -> _Call | None:
        """Return the next call; None where none came for a while, and the leader has ended."""
        with suppress(Empty):
            return self._calls.get(timeout=_LINGER_S)
        leader.has_ended = True  # who adds a call sees it, or the call is here now
        with suppress(Empty):
            return self._calls.get_nowait()
        return None

    def _wake(self) -> None:
        with suppress(RuntimeError):  # the loop is closed
            self.loop.call_soon_threadsafe(self._tell)
