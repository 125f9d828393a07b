from __future__ import annotations

import threading
from itertools import count

import pytest

from huggingnersc.hub_server.web.rendered import KEPT_CHARACTERS, rendered_once

pytestmark = pytest.mark.attack("expensive pages")


def test_a_content_is_rendered_once_however_many_ask_at_a_time() -> None:
    numbers, gate, found = count(), threading.Barrier(8), []

    def ask() -> None:
        gate.wait()
        found.append(rendered_once(lambda: str(next(numbers)), "test", "many"))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["0"] * 8


def test_what_was_rendered_is_kept_within_a_limit() -> None:
    large = "x" * (KEPT_CHARACTERS // 4)
    numbers = count()
    for name in "abcdef":
        rendered_once(lambda: (large, next(numbers)), "test", name)
    assert rendered_once(lambda: (large, next(numbers)), "test", "f")[1] == 5
    assert rendered_once(lambda: (large, next(numbers)), "test", "a")[1] == 6
