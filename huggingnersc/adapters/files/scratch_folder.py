"""A folder that lives as long as a block does, however the block ends."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import sys
import tempfile
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_PREFIX = "huggingnersc-scratch-"
_LOCK = ".in-use"  # locked as long as its process lives
_ENDING = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Yield a new private folder; it is removed with all it holds, also on SIGTERM and SIGHUP.

    What a process that was killed left behind is removed by the next one of the same user.
    """
    _remove_abandoned()
    with (
        _ended_by_signals(),
        tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True) as folder,
        (Path(folder) / _LOCK).open("w") as lock,
    ):
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield Path(folder)


def _remove_abandoned() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):  # another user's, in use, without a lock yet, or gone meanwhile
            if folder.lstat().st_uid != os.getuid():
                continue
            with (folder / _LOCK).open("r") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder)


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
