"""Ctrl-C, kept back for the moments in which it would leave something half-made."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def defer_interrupt() -> Iterator[None]:
    """Let the block finish when Ctrl-C comes, and stop after it; a second Ctrl-C stops at once.

    Only the main thread hears Ctrl-C; in any other the block runs as it is.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []

    def hear(number: int, frame: Any) -> None:  # noqa: ARG001 - as signal calls it
        if came:
            raise KeyboardInterrupt
        came.append(number)

    before = signal.signal(signal.SIGINT, hear)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if came:
        raise KeyboardInterrupt
