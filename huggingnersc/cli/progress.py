"""Progress bars of long work, on stderr if it is a terminal."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.progress import Progress

_WAIT_S = 0.5  # shorter work shows no bar


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar while the block runs; it is removed afterwards.

    Yields a function to call with the number of parts that are done and their total. Nothing is
    shown when stderr is not a terminal or cannot move its cursor.
    """
    bar = _Bar(label) if sys.stderr.isatty() else None
    try:
        yield bar.update if bar else lambda _done, _total: None
    finally:
        if bar:
            bar.close()


class _Bar:
    def __init__(self, label: str) -> None:
        self._label = label
        self._shown_from = time.monotonic() + _WAIT_S
        self._shown: Progress | None = None

    def update(self, done: int, total: int) -> None:
        if self._shown is None:
            if time.monotonic() < self._shown_from:
                return
            self._shown = _open_bar(self._label)
        self._shown.update(self._shown.task_ids[0], completed=done, total=total)

    def close(self) -> None:
        if self._shown:
            self._shown.stop()


def _open_bar(label: str) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    shown = Progress(*columns, console=console, transient=True, disable=console.is_dumb_terminal)
    shown.add_task(label)
    shown.start()
    return shown
