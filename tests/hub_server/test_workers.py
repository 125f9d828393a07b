"""Quick calls are made by one thread; a slow one keeps its thread and delays no other."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest

from huggingnersc.hub_server import workers
from huggingnersc.hub_server.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Coroutine

LONG_S = 30


def play(scene: Coroutine[None, None, None]) -> None:
    asyncio.run(asyncio.wait_for(scene, LONG_S))


def test_quick_calls_are_made_in_order_by_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_LATE_S", LONG_S)
    made: list[int] = []
    held = threading.Event()

    def note(number: int) -> int:
        made.append(number)
        return threading.get_ident()

    async def scene() -> None:
        pool = Workers()
        first = asyncio.create_task(pool.run(held.wait, LONG_S))
        others = [asyncio.create_task(pool.run(note, number)) for number in range(50)]
        await asyncio.sleep(0)
        held.set()
        assert await first
        threads = {await one for one in others}
        assert threading.get_ident() not in threads
        assert len(threads) == 1
        assert made == list(range(50))

    play(scene())


def test_calls_that_wait_for_something_hold_up_no_other() -> None:
    gate = threading.Event()

    async def scene() -> None:
        pool = Workers()
        slow = [asyncio.create_task(pool.run(gate.wait, LONG_S)) for _ in range(3)]
        assert await pool.run(str, 1) == "1"
        assert not any(one.done() for one in slow)
        gate.set()
        assert all(await asyncio.gather(*slow))

    play(scene())


def test_what_was_made_before_a_slow_call_is_told_at_once() -> None:
    gate, begun = threading.Event(), threading.Event()

    async def scene() -> None:
        pool = Workers()
        first = asyncio.create_task(pool.run(begun.wait, LONG_S))
        second = asyncio.create_task(pool.run(gate.wait, LONG_S))
        await asyncio.sleep(0)
        begun.set()
        assert await first
        assert not second.done()
        gate.set()
        assert await second

    play(scene())


def test_a_leader_that_waits_for_a_thread_is_the_only_one(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    async def no_thread(*leader: object) -> None:
        asked.append(leader)
        await asyncio.Event().wait()

    monkeypatch.setattr(workers, "run_in_threadpool", no_thread)
    monkeypatch.setattr(workers, "_LATE_S", 0.0)

    async def scene() -> None:
        pool = Workers()
        waiting = asyncio.create_task(pool.run(str))
        for _ in range(100):
            await asyncio.sleep(0)
        assert len(asked) == 1
        waiting.cancel()

    play(scene())


def test_errors_are_those_of_the_call() -> None:
    async def scene() -> None:
        pool = Workers()
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                await pool.run(divmod, 1, 0)
        with pytest.raises(RuntimeError) as caught:
            await pool.run(next, iter(()))
        assert isinstance(caught.value.__cause__, StopIteration)

    play(scene())


def test_a_call_that_no_one_waits_for_is_not_made() -> None:
    gate = threading.Event()
    made: list[int] = []

    async def scene() -> None:
        pool = Workers()
        slow = asyncio.create_task(pool.run(gate.wait, LONG_S))
        left = asyncio.create_task(pool.run(made.append, 1))
        await asyncio.sleep(0)
        left.cancel()
        await asyncio.sleep(0)
        gate.set()
        assert await slow
        assert await pool.run(str, 2) == "2"
        assert made == []

    play(scene())


def test_another_loop_has_threads_of_its_own() -> None:
    pool = Workers()
    for number in range(2):
        assert asyncio.run(pool.run(str, number)) == str(number)


def test_no_thread_lingers_when_its_loop_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_LINGER_S", 10 * LONG_S)
    before = {*threading.enumerate()}

    async def scene() -> set[threading.Thread]:
        assert await Workers().run(str, 1) == "1"
        return {*threading.enumerate()} - before

    begun = asyncio.run(scene())
    assert begun
    for thread in begun:
        thread.join(LONG_S)
        assert not thread.is_alive()
