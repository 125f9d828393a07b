from __future__ import annotations

import threading
from itertools import count

import pytest

from huggingnersc.hub_server.http_error import HttpError
from huggingnersc.hub_server.web import rendered
from huggingnersc.hub_server.web.rendered import KEPT_CHARACTERS, MOST_WAITING, rendered_once

pytestmark = pytest.mark.attack("expensive pages")


def test_a_content_is_rendered_once_however_many_ask_at_a_time() -> None:
    numbers, gate, found = count(), threading.Barrier(MOST_WAITING), []

    def ask() -> None:
        gate.wait()
        found.append(rendered_once(lambda: str(next(numbers)), "test", "many"))

    threads = [threading.Thread(target=ask) for _ in range(MOST_WAITING)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["0"] * MOST_WAITING


def test_what_was_rendered_is_kept_within_a_limit() -> None:
    large = "x" * (KEPT_CHARACTERS // 4)
    numbers = count()
    for name in "abcdef":
        rendered_once(lambda: (large, next(numbers)), "test", name)
    assert rendered_once(lambda: (large, next(numbers)), "test", "f")[1] == 5
    assert rendered_once(lambda: (large, next(numbers)), "test", "a")[1] == 6


def test_slow_pages_leave_threads_for_the_api(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendered, "_PLACES", threading.BoundedSemaphore(1))
    begun, end = threading.Event(), threading.Event()

    def slow() -> str:
        begun.set()
        end.wait()
        return "slow"

    thread = threading.Thread(target=rendered_once, args=[slow, "test", "slow"])
    thread.start()
    begun.wait()
    try:
        with pytest.raises(HttpError) as caught:
            rendered_once(str, "test", "more")
    finally:
        end.set()
        thread.join()
    assert (caught.value.status, "Retry-After" in caught.value.headers) == (503, True)
    assert rendered_once(lambda: "fine", "test", "more") == "fine"
