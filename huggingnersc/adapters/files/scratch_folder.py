"""A temporary folder that is removed when a block ends, even by a signal."""

from __future__ import annotations

import fcntl
import glob
import os
import shutil
import signal
import sys
import tempfile
import threading
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_PREFIX = "huggingnersc-scratch-"
_LOCK = ".in-use"  # locked while its process runs
_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def scratch_folder(parent: Path | None = None, prefix: str = _PREFIX) -> Iterator[Path]:
    """Yield a new private folder; remove it with its contents, also on SIGTERM and SIGHUP.

    Folders of killed processes are removed by the next call of the same user.

    Args:
        parent: where it is; by default the folder for temporary files.
        prefix: what its name begins with, and nothing else in `parent` does.
    """
    parent = parent or Path(tempfile.gettempdir())
    _remove_abandoned(parent, prefix)
    with _exit_on_signals(), ExitStack() as stack:
        while not (folder := _locked(stack, parent, prefix)).exists():
            pass  # another process took it for abandoned before it was locked
        yield folder


def _locked(stack: ExitStack, parent: Path, prefix: str) -> Path:
    """Make a folder and lock it until the stack ends; return it, also where it is gone again."""
    folder = stack.enter_context(_temporary(parent, prefix))
    lock = stack.enter_context((folder / _LOCK).open("w"))
    fcntl.flock(lock, fcntl.LOCK_EX)
    return folder


@contextmanager
def _temporary(parent: Path, prefix: str) -> Iterator[Path]:
    made = tempfile.TemporaryDirectory(prefix=prefix, dir=parent, ignore_cleanup_errors=True)
    try:
        yield Path(made.name)
    finally:
        with suppress(OSError):  # what cannot be removed now, the next call removes
            made.cleanup()


def _remove_abandoned(parent: Path, prefix: str) -> None:
    for folder in parent.glob(f"{glob.escape(prefix)}*"):
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
