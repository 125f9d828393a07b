"""The work of a transfer that its threads share: what is next, what is done, what went wrong."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.adapters.engines.choice import WorkProgress
from huggingnersc.adapters.engines.run_folder import Failure
from huggingnersc.adapters.transfer.work_list import items_of
from huggingnersc.domain.text.shell import shown
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.adapters.engines.run_folder import RunFolder
    from huggingnersc.adapters.transfer.large_file import FilePiece, LargeFile
    from huggingnersc.adapters.transfer.source import SourceConnection
    from huggingnersc.adapters.transfer.state_file import StateFile
    from huggingnersc.adapters.transfer.wanted_file import WantedFile
    from huggingnersc.adapters.transfer.work_list import FetchItem

_MOST_PROBLEMS = 100  # after so many files that cannot be had the others are not asked for
_WAIT_S = 0.2
_IN_THE_WAY = "is in the way: it was not brought by a transfer, or was changed since"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a transfer did.

    Attributes:
        files: how many were brought here.
        moved_bytes: that came over the wire, those of files that failed included.
        adopted: how many files were here already, although the state did not know them.
        problems: why others cannot be had.
        in_the_way: those in whose place the target has other content, which stays.
    """

    files: int
    moved_bytes: int
    adopted: int
    problems: tuple[Problem, ...]
    in_the_way: tuple[WantedFile, ...]


@dataclass(frozen=True, slots=True)
class ShardFile:
    """A file of a shard of the run."""

    shard: int
    listed: FetchItem


class SharedWork:
    """The work of a transfer; its methods may be called by several threads.

    Args:
        run: its work list says which files.
        state: of the target.
        label: what messages call the source.
        most_large: how many large files are open at a time.
    """

    def __init__(self, run: RunFolder, state: StateFile, label: str, *, most_large: int) -> None:
        self.state, self.label = state, label
        self.stopped = threading.Event()
        self._run, self._most_large, self._turn = run, most_large, threading.Condition()
        self._left: dict[int, int] = {}  # the files of a shard that are not here
        self._failed: set[int] = set()
        self._large: list[LargeFile] = []
        self._connections: set[SourceConnection] = set()
        self._problems: list[Problem] = []
        self._in_the_way: list[WantedFile] = []
        self._trouble = ""
        self._fetched = self._adopted = self._moved = 0
        done = [run.size(number) for number in run.done()]
        self._files, self._bytes = (
            sum(size.files for size in done),
            sum(size.size_bytes for size in done),
        )
        self._of_files = sum(size.files for size in run.sizes)
        self._of_bytes = sum(size.size_bytes for size in run.sizes)
        self._items = self._listed()

    def next(self) -> ShardFile | FilePiece | None:
        """Return a file, or a piece of one, that the caller is to fetch; None at the end."""
        with self._turn:
            while not self.stopped.is_set():
                for large in self._large:
                    if piece := large.take():
                        return piece
                if len(self._large) < self._most_large and (one := next(self._items, None)):
                    return one
                if not any(large.is_waiting for large in self._large):
                    return None
                self._turn.wait(_WAIT_S)
        return None

    def add_large(self, large: LargeFile) -> None:
        """Let the pieces of a large file be fetched."""
        with self._turn:
            self._large.append(large)
            self._bytes += large.kept_bytes

    def look_again(self) -> None:
        """Let threads that wait look for a piece."""
        with self._turn:
            self._turn.notify_all()

    def moved(self, count: int, *, is_kept: bool = True) -> None:
        """Note that bytes came; those that are not kept count as traffic only."""
        with self._turn:
            self._moved += count
            self._bytes += count if is_kept else 0
            self._trouble = ""

    def waits(self, reason: str) -> None:
        """Note why a thread waits before it tries again."""
        with self._turn:
            self._trouble = f"{self.label}: {reason}; trying again"

    def lost(self, count: int) -> None:
        """Note that bytes that came have to come again."""
        with self._turn:
            self._bytes -= count

    def done(self, shard: int, file: WantedFile, status: os.stat_result) -> None:
        """Note that a file is here, whole and checked."""
        self.state.add_done(file, status)
        self._ended(shard)
        with self._turn:
            self._fetched += 1
            self._files += 1

    def adopted(self, shard: int, file: WantedFile, status: os.stat_result) -> None:
        """Note that a file was here already."""
        self.state.add_done(file, status)
        self._ended(shard)
        with self._turn:
            self._adopted += 1
            self._files += 1
            self._bytes += file.size_bytes

    def refused(self, shard: int, file: WantedFile, reason: str) -> None:
        """Note why a file cannot be had."""
        name = shown(os.fsdecode(file.path))
        with self._turn:
            self._problems.append(Problem(name, reason))
        self._failed_one(shard, f"{name}: {reason}")

    def kept_out(self, shard: int, file: WantedFile) -> None:
        """Note that the target has another file in the place of this one."""
        with self._turn:
            self._in_the_way.append(file)
        self._failed_one(shard, f"{shown(os.fsdecode(file.path))} {_IN_THE_WAY}")

    def _failed_one(self, shard: int, message: str) -> None:
        with self._turn:
            is_first = shard not in self._failed
            self._failed.add(shard)
            if self.is_given_up:
                self.stopped.set()
        if is_first:
            host = os.uname().nodename
            self._run.put_failure(Failure(shard=shard, host=host, job="", message=message))
        self._ended(shard)

    def remove_large(self, large: LargeFile) -> None:
        """Close a large file, of which nothing more is to be fetched."""
        with self._turn:
            self._large.remove(large)
            self._turn.notify_all()
        large.close()

    def progress(self) -> WorkProgress:
        """Return how far the work is."""
        with self._turn:
            large = self._large[0] if self._large else None
            note = f"{shown(os.fsdecode(large.file.path))} {large.percent} %" if large else ""
            return WorkProgress(
                files=self._files,
                size_bytes=self._bytes,
                of_files=self._of_files,
                of_bytes=self._of_bytes,
                note=note,
                trouble=self._trouble,
            )

    @property
    def is_given_up(self) -> bool:
        """Whether so many files could not be had that the others were not asked for."""
        return len(self._problems) + len(self._in_the_way) >= _MOST_PROBLEMS

    def result(self) -> Fetched:
        """Return what was done."""
        problems, in_the_way = tuple(self._problems), tuple(self._in_the_way)
        return Fetched(self._fetched, self._moved, self._adopted, problems, in_the_way)

    @contextmanager
    def connected(self, connection: SourceConnection) -> Iterator[None]:
        """Let `stop` end what waits for this connection while the block runs."""
        with self._turn:
            self._connections.add(connection)
        try:
            yield
        finally:
            with self._turn:
                self._connections.discard(connection)

    def stop(self) -> None:
        """Let all threads end soon."""
        self.stopped.set()
        with self._turn:
            for connection in self._connections:
                connection.abort()
            self._turn.notify_all()

    def close(self) -> None:
        """Close the large files that are not complete; their parts stay."""
        while self._large:
            self._large.pop().close()

    def _listed(self) -> Iterator[ShardFile]:
        for number in self._run.pending():
            items = tuple(items_of(self._run, number))
            self._left[number] = len(items)
            for listed in items:
                yield ShardFile(number, listed)

    def _ended(self, shard: int) -> None:
        with self._turn:
            self._left[shard] -= 1
            is_done = not self._left[shard] and shard not in self._failed
        if is_done:
            self._run.put_result(shard, b"")
