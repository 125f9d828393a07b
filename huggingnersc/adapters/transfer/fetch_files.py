"""Fetch the files of a run: several connections at a time, each file checked before it is named.

The work list of the run says which files; the state of the target, what is here.
"""

from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

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

_LOOK_S = 0.2


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

    def fetch(self, report: Report | None = None) -> None:
        """Fetch one file or piece after the other, until there are no more."""
        with (
            TargetFolder(self.root) as target,
            closing(self.source.connected()) as connection,
            self.work.connected(connection),
        ):
            worker = FetchWorker(self.work, target, connection, self.rate)
            while unit := self.work.next():
                worker.fetch(unit)
                if report:
                    report(self.work.progress())

    def fetch_beside_others(self) -> None:
        """Fetch as one of several threads; what goes wrong in one ends all of them."""
        try:
            self.fetch()
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
    try:
        if limits.jobs == 1:
            transfer.fetch(report)
        else:
            _fetch_by_threads(transfer, limits.jobs, report)
    finally:
        work.close()
    report(work.progress())
    if transfer.failure and not work.is_given_up:
        raise transfer.failure
    return work.result()


def _fetch_by_threads(transfer: _Transfer, jobs: int, report: Report) -> None:
    threads = [threading.Thread(target=transfer.fetch_beside_others) for _ in range(jobs)]
    begun: list[threading.Thread] = []
    try:
        for thread in threads:
            thread.start()
            begun.append(thread)
        for thread in threads:
            while thread.is_alive():
                thread.join(_LOOK_S)
                report(transfer.work.progress())
    except BaseException:  # Ctrl-C
        transfer.work.stop()
        raise
    finally:
        for thread in begun:
            thread.join()
