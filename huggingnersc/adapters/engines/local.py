"""The local engine: a bounded number of processes on this machine that work shards.

They are worked on while the work list is still made. A process that dies is replaced, and its
shard is tried once more. What is done is kept in the folder of the run, however the work ends.
"""

from __future__ import annotations

import os
import selectors
import signal
import time
from collections import Counter, deque
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TYPE_CHECKING

from huggingnersc.adapters.engines.choice import WorkProgress
from huggingnersc.adapters.engines.local_process import started
from huggingnersc.adapters.engines.local_worker import DONE
from huggingnersc.adapters.engines.shard_work import work_shard
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.engine_name import EngineName
from huggingnersc.errors import RunBudgetError, RunFailedError
from huggingnersc.fixes import Fix, Message, Option, Verb
from huggingnersc.interrupts import defer_interrupt

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from huggingnersc.adapters.engines.choice import LocalBudget, Report
    from huggingnersc.adapters.engines.run_folder import RunFolder

_ATTEMPTS = 2
_AHEAD = 2  # shards that a process has at a time while the work list is made
_LOOK_S = 0.5
_GIGABYTE = 10**9


def run_local(
    run: RunFolder, *, shards: Iterable[int], budget: LocalBudget, report: Report
) -> None:
    """Work shards until all are done.

    A single shard is worked in this process.

    Args:
        run: what the shards belong to.
        shards: their numbers; the next one may be asked for only after a while.
        budget: what may be used of this machine.
        report: called as the work advances.

    Raises:
        RunBudgetError: it is more work than the budget allows.
        RunFailedError: a shard failed, or its process died twice.
    """
    ledger = _Ledger(run, budget, report)
    numbers = iter(shards)
    begin = [ledger.listed(number) for number in islice(numbers, 2)]
    if len(begin) < 2:
        for number in begin:
            work_shard(run, number)
            ledger.done(number)
        return
    with _Pool(run, budget.processes) as pool:
        for number in chain(begin, map(ledger.listed, numbers)):
            pool.add(number)
            ledger.all_done(pool.finished(0))
        pool.ahead = 1
        ledger.is_listed = True
        while pool.is_busy:
            ledger.all_done(pool.finished(_LOOK_S))


@dataclass(slots=True)
class _Ledger:
    """What is listed and done, held against the budget."""

    run: RunFolder
    budget: LocalBudget
    report: Report
    is_listed: bool = False
    files: int = 0
    size_bytes: int = 0
    of_files: int = 0
    of_bytes: int = 0
    begun_s: float = field(default_factory=time.monotonic)

    def listed(self, number: int) -> int:
        size = self.run.size(number)
        self.of_files += size.files
        self.of_bytes += size.size_bytes
        allowed = self.budget.size_bytes
        if allowed is not None and self.of_bytes > allowed:
            raise _over_budget(f"There are more than {allowed / _GIGABYTE:g} GB to read")
        return number

    def done(self, number: int) -> None:
        size = self.run.size(number)
        self.files += size.files
        self.size_bytes += size.size_bytes

    def all_done(self, numbers: Iterable[int]) -> None:
        """Note that shards are done, report how far the work is, and look at the clock."""
        for number in numbers:
            self.done(number)
        self.report(
            WorkProgress(
                files=self.files,
                size_bytes=self.size_bytes,
                of_files=self.of_files,
                of_bytes=self.of_bytes,
                is_listed=self.is_listed,
            )
        )
        allowed = self.budget.seconds
        if allowed is not None and time.monotonic() - self.begun_s > allowed:
            raise _over_budget(f"The work takes more than {allowed:g} seconds")


class _Worker:
    """A process, and the shards that it was given and has not answered."""

    def __init__(self, run: RunFolder) -> None:
        self.shards: deque[int] = deque()
        self._process = started(run)
        self.output = self._process.output

    def give(self, number: int) -> None:
        self.shards.append(number)
        with suppress(BrokenPipeError):  # it has died, which its output says too
            os.write(self._process.input, b"%d\n" % number)

    def kill(self) -> int:
        """End the process, if it has not ended; return its exit code."""
        return self._process.kill()


class _Pool:
    """The processes, and the shards that wait for one."""

    def __init__(self, run: RunFolder, processes: int) -> None:
        self._run, self._processes = run, processes
        self._waiting: deque[int] = deque()
        self._deaths: Counter[int] = Counter()
        self._workers: list[_Worker] = []
        self._selector = selectors.DefaultSelector()
        self.ahead = _AHEAD

    def __enter__(self) -> _Pool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with defer_interrupt():
            for worker in self._workers:
                worker.kill()
            self._selector.close()

    @property
    def is_busy(self) -> bool:
        return bool(self._waiting) or any(worker.shards for worker in self._workers)

    def add(self, number: int) -> None:
        self._waiting.append(number)
        self._give()

    def finished(self, timeout_s: float) -> list[int]:
        """Return the shards that were finished, after waiting for the first at most so long.

        Raises:
            RunFailedError: a shard failed, or its process died twice.
        """
        numbers: list[int] = []
        for key, _ in self._selector.select(timeout_s):
            numbers += self._answers(key.data)
        self._give()
        return numbers

    def _answers(self, worker: _Worker) -> list[int]:
        answers = os.read(worker.output, 1 << 10)
        if not answers:
            self._replace(worker)
        numbers = [worker.shards.popleft() for _ in answers]
        for number, answer in zip(numbers, answers, strict=True):
            if answer != DONE[0]:
                raise _failed(self._run, number, self._reason(number))
        return numbers

    def _reason(self, number: int) -> str:
        known = {failure.shard: failure.message for failure in self._run.failures()}
        return known.get(number, "the reason is not known")

    def _replace(self, worker: _Worker) -> None:
        """Take a process that died away; what it was working on is tried once more."""
        self._selector.unregister(worker.output)
        self._workers.remove(worker)
        code = worker.kill()
        self._waiting.extendleft(reversed(worker.shards))
        if worker.shards:
            number = worker.shards[0]
            self._deaths[number] += 1
            if self._deaths[number] >= _ATTEMPTS:
                raise _failed(self._run, number, _death(code))
            worker.shards.clear()

    def _give(self) -> None:
        while self._waiting and (worker := self._free()):
            worker.give(self._waiting.popleft())

    def _free(self) -> _Worker | None:
        least = min(self._workers, key=lambda worker: len(worker.shards), default=None)
        if least and not least.shards:
            return least
        if len(self._workers) < self._processes:
            return self._started()
        return least if least and len(least.shards) < self.ahead else None

    def _started(self) -> _Worker:
        with defer_interrupt():
            worker = _Worker(self._run)
            self._workers.append(worker)
        self._selector.register(worker.output, selectors.EVENT_READ, worker)
        return worker


def _death(code: int) -> str:
    if code >= 0:
        return f"its process ended with exit code {code}"
    name = signal.Signals(-code).name
    memory = "; the machine may be out of memory" if -code == signal.SIGKILL else ""
    return f"its process was ended by {name}, twice{memory}"


def _failed(run: RunFolder, number: int, reason: str) -> RunFailedError:
    run_id = run.spec.run_id
    return RunFailedError(
        f"Shard {number} of the run {run_id} failed: {reason.removesuffix('.')}.",
        hint=Message("What is done is kept. Go on with: ", Fix(Verb.RESUME_RUN, (run_id,))),
    )


def _over_budget(what: str) -> RunBudgetError:
    return RunBudgetError(
        f"{what}, which the site does not allow on this machine.",
        hint=Message(
            "Let Slurm do it: repeat the command with ",
            Option(Field.ENGINE, EngineName.SLURM),
            "; what is done is kept.",
        ),
    )
