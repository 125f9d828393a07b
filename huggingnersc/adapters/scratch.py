"""A folder that lives as long as a block does, however the block ends."""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_ENDING = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Give a new private folder; it is removed with all it holds, also on SIGTERM and SIGHUP."""
    with (
        _ended_by_signals(),
        TemporaryDirectory(prefix="huggingnersc-", ignore_cleanup_errors=True) as folder,
    ):
        yield Path(folder)


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let a signal that would kill the process end it in order, so that cleaning up happens."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may say what a signal does
        return
    before = {number: signal.signal(number, _end) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)
