"""How far heavy work is: a bar on a terminal, otherwise one plain line a minute on stderr."""

from __future__ import annotations

import sys
import time
from abc import ABC, abstractmethod
from contextlib import contextmanager
from typing import TYPE_CHECKING

from huggingnersc.cli.output import note
from huggingnersc.domain.text.formatting import count_words, duration_words, size_words
from huggingnersc.fixes import Verb

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.progress import Progress

    from huggingnersc.adapters.engines.choice import WorkProgress

_WAIT_S = 0.5  # shorter work shows no bar
_REFRESH_S = 0.2
_LINE_EVERY_S = 60
_FILE_WEIGHT = 1 << 16  # opening a file costs about as much as reading this many bytes

# What a verb does while its `WorkProgress` is shown.
LABELS = {
    Verb.COMPARE_DATASETS: "Reading the data",
    Verb.DOWNLOAD_DATASET: "Downloading",
    Verb.PACK_DATASET: "Packing",
    Verb.SNAPSHOT_DATASET: "Reading {nickname}",
    Verb.UPLOAD_DATASET: "Uploading {nickname}",
    Verb.VERIFY_DATASET: "Verifying",
}


@contextmanager
def work_progress(verb: Verb, nickname: str = "") -> Iterator[Callable[[WorkProgress], None]]:
    """Show how far the work of a verb is while the block runs; a bar is removed afterwards.

    Yields the function to call with each `WorkProgress`.

    Args:
        verb: what is done.
        nickname: of its dataset, for the labels that have one.
    """
    label, unit = LABELS[verb].format(nickname=nickname), work_unit(verb)
    shown = _WorkBar(label, unit) if sys.stderr.isatty() else _WorkLines(label, unit)
    try:
        yield shown.update
    finally:
        shown.close()


def work_unit(verb: Verb) -> str:
    """Return what the files of a `WorkProgress` of a verb are."""
    return "sample" if verb is Verb.PACK_DATASET else "file"


def work_words(begun: WorkProgress, now: WorkProgress, seconds: float, unit: str = "file") -> str:
    """Return how far work is, with its rate and the time that is left.

    Args:
        begun: the first report; what was done by then says nothing about the rate.
        now: the latest report.
        seconds: between them.
        unit: what is counted.
    """
    files, size, count = count_words(now.files), size_words(now.size_bytes), now.files
    if now.is_listed:
        count = now.of_files
        files, size = f"{files} of {count_words(count)}", f"{size} of {size_words(now.of_bytes)}"
    words = [f"{files} {unit if count == 1 else f'{unit}s'}", size]
    moved = now.size_bytes - begun.size_bytes
    done = _weight(now.files - begun.files, moved)
    if seconds > 0 and done > 0:
        words.append(f"{size_words(int(moved / seconds))}/s")
        if now.is_listed:
            left_bytes = now.of_bytes - now.size_bytes
            left_s = seconds * _weight(now.of_files - now.files, left_bytes) / done
            if moved > 0:  # a large file after many small ones is no faster than the rate
                left_s = max(left_s, seconds * left_bytes / moved)
            words.append(f"{duration_words(left_s)} left")
    said = now.trouble or now.note
    return ", ".join([*words, said] if said else words)


def _weight(files: int, size_bytes: int) -> int:
    return size_bytes + files * _FILE_WEIGHT


class _ShownWork(ABC):
    """The first report, when it came, and when the next one is shown."""

    def __init__(self, label: str, unit: str, *, wait_s: float, every_s: float) -> None:
        self._label, self._unit, self._every_s = label, unit, every_s
        self._due = time.monotonic() + wait_s
        self._begun: tuple[float, WorkProgress] | None = None

    def update(self, work: WorkProgress) -> None:
        now = time.monotonic()
        if self._begun is None:
            self._begun = (now, work)
        if now < self._due:
            return
        self._due = now + self._every_s
        begun_at, begun = self._begun
        self.show(work_words(begun, work, now - begun_at, self._unit), work)

    @abstractmethod
    def show(self, words: str, work: WorkProgress) -> None:
        """Show how far work is."""

    def close(self) -> None:
        """Remove what is on the screen; lines stay."""
        return


class _WorkLines(_ShownWork):
    def __init__(self, label: str, unit: str) -> None:
        super().__init__(label, unit, wait_s=_LINE_EVERY_S, every_s=_LINE_EVERY_S)
        self._trouble_due = 0.0

    def update(self, work: WorkProgress) -> None:
        """Show a trouble when it begins, because it may end the work before a line is due."""
        now = time.monotonic()
        if work.trouble and now >= self._trouble_due:
            self._due, self._trouble_due = now, now + self._every_s
        super().update(work)

    def show(self, words: str, work: WorkProgress) -> None:  # noqa: ARG002 - the words say it
        note(f"{self._label}: {words}")


class _WorkBar(_ShownWork):
    def __init__(self, label: str, unit: str) -> None:
        super().__init__(label, unit, wait_s=_WAIT_S, every_s=_REFRESH_S)
        self._bar: Progress | None = None

    def show(self, words: str, work: WorkProgress) -> None:
        if self._bar is None:
            self._bar = _opened_bar()
        total = _weight(work.of_files, work.of_bytes) if work.is_listed else None
        done = _weight(work.files, work.size_bytes)
        text = f"{self._label}: {words}"
        self._bar.update(self._bar.task_ids[0], completed=done, total=total, description=text)

    def close(self) -> None:
        if self._bar:
            self._bar.stop()


def _opened_bar() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    console = Console(stderr=True)
    columns = (BarColumn(bar_width=8), TextColumn("{task.description}", markup=False))
    bar = Progress(*columns, console=console, transient=True, disable=console.is_dumb_terminal)
    bar.add_task("", total=None)
    bar.start()
    return bar
