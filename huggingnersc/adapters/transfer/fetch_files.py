"""Fetch the files of a run: several connections at a time, each file checked before it is named.

The work list of the run says which files; the state of the target, what is here.
"""

from __future__ import annotations

import threading
import time
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.adapters.engines.choice import no_report
from huggingnersc.adapters.engines.kept_progress import keeping_progress
from huggingnersc.adapters.transfer.fetch_worker import FetchWorker
from huggingnersc.adapters.transfer.rate_limit import RateLimit
from huggingnersc.adapters.transfer.shared_work import SharedWork
from huggingnersc.adapters.transfer.target_folder import TargetFolder

if TYPE_CHECKING:
    from huggingnersc.adapters.engines.choice import Report
    from huggingnersc.adapters.engines.run_folder import RunFolder
    from huggingnersc.adapters.files.open_folder import OpenFolder
    from huggingnersc.adapters.transfer.shared_work import Fetched
    from huggingnersc.adapters.transfer.source import FileSource
    from huggingnersc.adapters.transfer.state_file import StateFile

_LOOK_S, _FIRST_LOOK_S = 0.2, 0.025
_BUSY_SHARE = 0.6  # of the time that passed; from there on a processor is what is lacking
_LARGE_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """What a transfer may use.

    Attributes:
        jobs: the most connections at a time.
        bytes_per_s: the most bytes a second of all together; None for no limit.
    """

    jobs: int = 8
    bytes_per_s: int | None = None


@dataclass(slots=True)
class _Transfer:
    """A transfer that is under way."""

    work: SharedWork
    source: FileSource
    root: OpenFolder
    rate: RateLimit
    failure: BaseException | None = None

    def fetch(self, report: Report) -> None:
        """Fetch one file or piece after the other, until there are no more."""
        with (
            TargetFolder(self.root) as target,
            closing(self.source.connected()) as connection,
            self.work.connected(connection),
        ):
            worker = FetchWorker(self.work, target, connection, self.rate, report)
            while unit := self.work.next():
                worker.fetch(unit)
                report(self.work.progress())

    def fetch_beside_others(self) -> None:
        """Fetch as one of several threads; what goes wrong in one ends all of them."""
        try:
            self.fetch(no_report)
        except BaseException as error:  # noqa: BLE001 - raised again in the main thread
            self.failure = self.failure or error
            self.work.stop()


def fetch_files(
    run: RunFolder,
    source: FileSource,
    root: OpenFolder,
    state: StateFile,
    limits: FetchLimits,
    report: Report,
) -> Fetched:
    """Fetch what is not done of a run.

    Args:
        run: its work list was made by `add_files`.
        source: where the files come from.
        root: the target.
        state: of the target.
        limits: what may be used.
        report: called as the work advances.

    Raises:
        TransferError: the source does not answer.
        OSError: the target cannot be written.
    """
    work = SharedWork(run, state, source.label, most_large=limits.jobs)
    transfer = _Transfer(work, source, root, RateLimit(limits.bytes_per_s))
    with keeping_progress(run, report) as kept:
        try:
            if limits.jobs == 1:
                transfer.fetch(kept)
            else:
                _fetch_by_threads(transfer, limits.jobs, kept)
        finally:
            work.close()
            kept(work.progress())
    if transfer.failure and not work.is_given_up:
        raise transfer.failure
    return work.result()


def _fetch_by_threads(transfer: _Transfer, jobs: int, report: Report) -> None:
    threads = _FetchThreads(transfer, jobs)
    try:
        threads.grow()
        look_s = _FIRST_LOOK_S
        while threads.is_at_work(look_s):
            report(transfer.work.progress())
            if threads.waits:
                threads.grow()
            look_s = min(2 * look_s, _LOOK_S)
    except BaseException:  # Ctrl-C
        transfer.work.stop()
        raise
    finally:
        threads.join()


class _FetchThreads:
    """The threads of a transfer: one, and twice as many as long as they wait for others.

    Small files from a source that is near keep one thread busy. As Python runs one thread at a
    time, others only make it wait: with four, 2,000 files of 8 KiB took a third longer and twice
    the processor time.

    Args:
        transfer: what they do.
        most: how many there may be.
    """

    def __init__(self, transfer: _Transfer, most: int) -> None:
        self._transfer, self._most = transfer, most
        self._begun: list[threading.Thread] = []
        self._seen = self._measured()

    def grow(self) -> None:
        """Begin as many threads again as there are, or one, up to the most."""
        count = min(max(1, 2 * len(self._begun)), self._most) - len(self._begun)
        for _ in range(count):
            thread = threading.Thread(target=self._transfer.fetch_beside_others)
            thread.start()
            self._begun.append(thread)

    def is_at_work(self, look_s: float) -> bool:
        """Return whether a thread works, after a look at one of them for a while."""
        for thread in self._begun:
            if thread.is_alive():
                thread.join(look_s)
                break
        return any(thread.is_alive() for thread in self._begun)

    @property
    def waits(self) -> bool:
        """Whether more threads are of use, by what happened since the last look."""
        before, self._seen = self._seen, self._measured()
        wall_s, cpu_s, files, size_bytes = (
            now - then for now, then in zip(self._seen, before, strict=True)
        )
        return is_waiting(wall_s, cpu_s, int(files), int(size_bytes))

    def join(self) -> None:
        """Wait for all of them."""
        for thread in self._begun:
            thread.join()

    def _measured(self) -> tuple[float, float, int, int]:
        progress = self._transfer.work.progress()
        return time.monotonic(), time.process_time(), progress.files, progress.size_bytes


def is_waiting(wall_s: float, cpu_s: float, files: int, size_bytes: int) -> bool:
    """Return whether a transfer waits for its source or its disk, so that more threads are of use.

    Large files are received, hashed and written beside one another in any case.

    Args:
        wall_s: the time that passed.
        cpu_s: what this process took of processors.
        files: how many were fetched meanwhile.
        size_bytes: how much was fetched meanwhile.
    """
    return size_bytes >= files * _LARGE_BYTES or cpu_s < _BUSY_SHARE * wall_s
