"""The slow requests of one client leave worker threads to all others."""

from __future__ import annotations

import asyncio
import threading

import pytest

from huggingnersc.hub_server.http_error import HttpError
from huggingnersc.hub_server.turns import Turns

pytestmark = pytest.mark.attack("slow connections")

LONG_S = 30


def test_what_waits_for_one_client_does_not_wait_for_another() -> None:
    gate = threading.Event()

    async def play() -> None:
        turns = Turns(at_once=1, waiting=1)
        holding = asyncio.create_task(turns.run("eve", gate.wait, LONG_S))
        waiting = asyncio.create_task(turns.run("eve", str))
        await asyncio.sleep(0)
        assert await turns.run("ada", str, 1) == "1"
        assert not waiting.done()
        gate.set()
        assert await holding
        assert await waiting == ""

    asyncio.run(asyncio.wait_for(play(), LONG_S))


def test_who_has_too_many_requests_waiting_is_asked_to_come_back() -> None:
    gate = threading.Event()

    async def play() -> None:
        turns = Turns(at_once=1, waiting=1)
        begun = [asyncio.create_task(turns.run("eve", gate.wait, LONG_S)) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(HttpError) as caught:
            await turns.run("eve", str)
        assert (caught.value.status, "Retry-After" in caught.value.headers) == (429, True)
        gate.set()
        assert all(await asyncio.gather(*begun))
        assert await turns.run("eve", str, 2) == "2"

    asyncio.run(asyncio.wait_for(play(), LONG_S))


def test_a_request_that_fails_gives_its_turn_back() -> None:
    async def play() -> None:
        turns = Turns(at_once=1, waiting=0)
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                await turns.run("eve", divmod, 1, 0)
        assert await turns.run("eve", str, 3) == "3"

    asyncio.run(asyncio.wait_for(play(), LONG_S))
