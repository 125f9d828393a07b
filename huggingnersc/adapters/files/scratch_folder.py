"""A temporary folder that is removed when a block ends, even by a signal."""

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
_LOCK = ".in-use"  # locked while its process runs
_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Yield a new private folder; remove it with its contents, also on SIGTERM and SIGHUP.

    Folders of killed processes are removed by the next call of the same user.
    """
    _remove_abandoned()
    with (
        _exit_on_signals(),
        tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True) as folder,
        (Path(folder) / _LOCK).open("w") as lock,
    ):
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield Path(folder)


def _remove_abandoned() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):  # in use, not locked yet, or already removed
            if folder.lstat().st_uid != os.getuid():
                continue
            with (folder / _LOCK).open("r") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder)


@contextmanager
def _exit_on_signals() -> Iterator[None]:
    """Exit with SystemExit on signals that would kill the process without cleaning up."""
    if threading.current_thread() is not threading.main_thread():
        yield  # Python sets signal handlers from the main thread only
        return
    before = {number: signal.signal(number, _exit) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _exit(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)
