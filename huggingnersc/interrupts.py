"""Ctrl-C, deferred for the moments in which it would leave something half done."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def defer_interrupt() -> Iterator[None]:
    """Let the block finish when Ctrl-C comes, and pass it on after it; a second one stops at once.

    Only the main thread receives Ctrl-C; in any other thread the block runs as it is.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []

    def note(number: int, frame: Any) -> None:  # noqa: ARG001 - as signal calls it
        if came:
            raise KeyboardInterrupt
        came.append(number)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if came:
        signal.raise_signal(signal.SIGINT)  # to whoever would have received it, who may ignore it
