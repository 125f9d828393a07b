"""The folder of a run: a work list in pieces (shards), and a result for each that is done.

    RUN/
      run.json        what is done, by which verb
      sealed          the number of shards, once the work list is complete
      shards/00000    items, as the task reads them, with a SHA-256 before them
      sizes           for each shard: files, bytes
      done/00000      the result, with a SHA-256 of the items and of it before it
      failed/00000    why the last attempt failed, and where; gone once it is done
      jobs/, log/     of Slurm

A result is there whole or not at all, so its existence says that a shard is done, whatever a
scheduler says. Nothing is synced to disk: after a power failure a result may be cut, which its
hash shows, and the shard is worked again. So is one whose result came from a process that
outlived an earlier work list of the run.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.engines.explained_run import explained_run
from huggingnersc.adapters.engines.hashed_content import hashed, unhashed
from huggingnersc.adapters.engines.run_errors import damaged_run, other_work
from huggingnersc.adapters.engines.run_id import is_run_id, require_run_id
from huggingnersc.adapters.files.folder_lock import LockedError, acquire
from huggingnersc.adapters.files.open_folder import OpenFolder
from huggingnersc.adapters.files.whole_file import write_whole
from huggingnersc.domain.text.terminal import visible
from huggingnersc.errors import (
    RunBusyError,
    RunError,
    RunUnknownError,
)
from huggingnersc.fixes import Fix, Message, Verb
from huggingnersc.new_folder import make_folder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from huggingnersc.adapters.files.folder_lock import FolderLock

_FILE, _SEALED, _SIZES, _LOCK = "run.json", "sealed", "sizes", "lock"
_ROOMS = ("shards", "done", "failed", "jobs", "log")
_FORMAT = 1
_LOCK_TRIES, _LOCK_WAIT_S = 5, 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSpec:
    """What a run does: the content of `run.json`.

    Attributes:
        run_id: its name, such as `snapshot-iris-v1`.
        verb: what it is a part of.
        engine: `local` or `slurm`; where it was worked on last.
        task: the function that makes a result of a shard, as the worker knows it.
        created_at: when it began, for results that are the same when it is resumed.
        arguments: what the task needs beside its items; `root` is the folder of the data.
        request: what the verb needs to be completed by `resume_run`.
    """

    run_id: str
    verb: Verb
    engine: str
    task: str
    created_at: str
    arguments: Mapping[str, Any]
    request: Mapping[str, Any]

    @property
    def work(self) -> tuple[Any, ...]:
        """What decides the results; a run that is begun again must have the same."""
        return self.verb, self.task, json.loads(json.dumps(dict(self.arguments)))


@dataclass(frozen=True, slots=True)
class ShardSize:
    """How much work a shard is."""

    files: int
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why the last attempt at a shard failed.

    Attributes:
        shard: its number.
        host: the machine.
        job: the job of Slurm, such as `12_3`; empty on this machine.
        message: one sentence.
    """

    shard: int
    host: str
    job: str
    message: str


class RunFolder:
    """A run on disk; made by `create` or `open`."""

    def __init__(self, path: Path, spec: RunSpec) -> None:
        self.path, self.spec = path, spec
        self._sealed = _sealed_count(path)
        self._sizes = _sizes(path)
        if len(self._sizes) < (self._sealed or 0):
            raise ValueError("its list of shards is cut")
        self._added = 0

    @classmethod
    def create(cls, root: Path, spec: RunSpec) -> RunFolder:
        """Make the folder of a run, or open that of an unfinished one with the same work.

        The time at which that one began is kept. A work list that was not complete is made again
        from its first shard; a shard that comes out the same keeps its result.

        Args:
            root: holds the runs; it is made where there is none.
            spec: what the run does.

        Raises:
            RunExistsError: an unfinished run of this id does other work.
            RunDamagedError: what is there cannot be read.
            OSError: the folder cannot be made.
        """
        path = root / require_run_id(spec.run_id)
        with suppress(RunUnknownError):
            known = cls.open(path).spec
            if known.work != spec.work:
                raise other_work(known.run_id, known.arguments)
            spec = replace(spec, created_at=known.created_at)
        for folder in (path, *(path / room for room in _ROOMS)):
            make_folder(folder, 0o700)
        run = cls(path, spec)
        run.update(spec)
        return run

    @classmethod
    def open(cls, path: Path) -> RunFolder:
        """Open the folder of a run.

        Raises:
            RunUnknownError: there is none.
            RunDamagedError: it cannot be read, or is not this user's.
        """
        try:
            with OpenFolder.at(path.parent).folder(path.name) as folder:
                if (owner := folder.status.st_uid) != os.geteuid():
                    raise damaged_run(path, f"it belongs to the user {owner}")
                content = folder.read(_FILE, most=1 << 24)[0]
            return cls(path, _parsed(content, path.name))
        except FileNotFoundError as error:
            listed = Message("See which there are: ", Fix(Verb.STATUS_RUN))
            raise RunUnknownError(f"There is no run {visible(str(path))}.", hint=listed) from error
        except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
            reason = (isinstance(error, OSError) and error.strerror) or str(error)
            raise damaged_run(path, reason) from error

    def update(self, spec: RunSpec) -> None:
        """Write `run.json`: the same work, with another engine or request."""
        self.spec = spec
        content = json.dumps({"format": _FORMAT} | asdict(spec), indent=2, sort_keys=True)
        write_whole(self.path / _FILE, content.encode() + b"\n")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let no other process plan or finish this run while the block runs.

        Raises:
            RunBusyError: another process does.
            RunError: its lock cannot be made.
        """
        lock = self._locked()
        try:
            yield
        finally:
            lock.release()

    def _locked(self) -> FolderLock:
        for attempt in range(_LOCK_TRIES):
            try:
                with explained_run(self.path.parent):
                    folder = OpenFolder.at(self.path)
                    return acquire(folder, _LOCK, like=folder.status, mode=0o600)
            except LockedError as error:
                if attempt + 1 == _LOCK_TRIES:
                    raise self._busy(error) from error
            time.sleep(_LOCK_WAIT_S)  # `is_locked` of another process holds it for a moment
        raise AssertionError

    def _busy(self, error: LockedError) -> RunBusyError:
        holder = f" by {error}" if str(error) else ""
        return RunBusyError(
            f"The run {self.spec.run_id} is worked on{holder}.",
            hint=Message("Look at it: ", Fix(Verb.STATUS_RUN, (self.spec.run_id,))),
        )

    @property
    def is_locked(self) -> bool:
        """Whether a process plans, works on or finishes this run."""
        folder = OpenFolder.at(self.path)
        try:
            acquire(folder, _LOCK, like=folder.status, mode=0o600).release()
        except LockedError:
            return True
        return False

    def add_shard(self, items: bytes, *, files: int, size_bytes: int) -> int:
        """Add a shard to the work list and return its number; they are counted from 0.

        Where the list is made again, a result of other items is removed.
        """
        if self._sealed is not None:
            raise ValueError(f"the work list of {self.path} is sealed")
        number = self._added
        if number == 0:
            self._forget_sizes()
        file = self._file("shards", number)
        parts = hashed(items)
        if _content(file) != b"".join(parts):
            for room in ("done", "failed"):
                self._file(room, number).unlink(missing_ok=True)
            write_whole(file, *parts)
        with (self.path / _SIZES).open("ab") as stream:
            stream.write(b"%d\t%d\n" % (files, size_bytes))
        self._sizes.append(ShardSize(files, size_bytes))
        self._added += 1
        return number

    def seal(self) -> None:
        """Freeze the work list; shards left from an earlier list are removed."""
        for room in ("shards", "done", "failed"):
            for number in _numbers(self.path / room):
                if number >= self._added:
                    self._file(room, number).unlink(missing_ok=True)
        if not self._added:
            self._forget_sizes()
        write_whole(self.path / _SEALED, b"%d\n" % self._added)
        self._sealed = self._added

    def forget_result(self, number: int) -> None:
        """Let a shard be worked again."""
        self._file("done", number).unlink(missing_ok=True)

    def reopen(self) -> None:
        """Let the work list be made again; a shard that comes out the same keeps its result."""
        (self.path / _SEALED).unlink(missing_ok=True)
        self._sealed, self._added = None, 0

    def restart(self, created_at: str, *, keep: Collection[str] = ()) -> None:
        """Empty the folder, to make the work list of what is there now.

        Args:
            created_at: when the run begins.
            keep: names of other files and folders that stay.
        """
        (self.path / _SEALED).unlink(missing_ok=True)
        for path in self.path.iterdir():
            if path.name in {_FILE, _LOCK, *keep}:
                continue
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
        for room in _ROOMS:
            make_folder(self.path / room, 0o700)
        self._sealed, self._sizes, self._added = None, [], 0
        self.update(replace(self.spec, created_at=created_at))

    @property
    def is_sealed(self) -> bool:
        """Whether the work list is complete."""
        return self._sealed is not None

    @property
    def shard_count(self) -> int:
        """How many shards there are, or were added so far."""
        return len(self._sizes) if self._sealed is None else self._sealed

    @property
    def sizes(self) -> tuple[ShardSize, ...]:
        """How much work each shard is, by its number."""
        return tuple(self._sizes)

    def size(self, number: int) -> ShardSize:
        """Return how much work a shard is."""
        return self._sizes[number]

    def shard(self, number: int) -> bytes:
        """Return the items of a shard.

        Raises:
            RunDamagedError: there is no such shard, or a power failure has cut it.
        """
        items = unhashed(_content(self._file("shards", number)) or b"")
        if items is None:
            raise damaged_run(self.path, f"its shard {number} is missing or damaged")
        return items

    def put_result(self, number: int, result: bytes, *, items: bytes | None = None) -> None:
        """Write the result of a shard, which is done from then on.

        Args:
            number: the shard's.
            result: what its task made of it.
            items: what the task has read; the items of the shard when None. A process that
                outlived its run may have those of an earlier work list.
        """
        of = self.shard(number) if items is None else items
        write_whole(self._file("done", number), *hashed(result, of=of))
        self._file("failed", number).unlink(missing_ok=True)

    def result(self, number: int) -> bytes | None:
        """Return the result of a shard; None where it is not done.

        One that was cut by a power failure, or is of other items, is removed, so that the shard
        is pending again.
        """
        file = self._file("done", number)
        content = _content(file)
        if content is None:
            return None
        result = unhashed(content, of=self.shard(number))
        if result is None:
            file.unlink(missing_ok=True)
        return result

    def is_done(self, number: int) -> bool:
        """Return whether a shard has its result."""
        return self._file("done", number).exists()

    def done_at(self, number: int) -> float:
        """Return when a shard was done, in seconds since 1970.

        Raises:
            OSError: it is not done.
        """
        return self._file("done", number).stat().st_mtime

    def done(self) -> list[int]:
        """Return the shards that are done, sorted."""
        return [number for number in _numbers(self.path / "done") if number < self.shard_count]

    def pending(self) -> list[int]:
        """Return the shards that are not done, sorted."""
        done = set(_numbers(self.path / "done"))
        return [number for number in range(self.shard_count) if number not in done]

    def put_failure(self, failure: Failure) -> None:
        """Write why an attempt at a shard failed."""
        content = json.dumps(asdict(failure)).encode()
        write_whole(self._file("failed", failure.shard), content + b"\n")

    def failures(self) -> list[Failure]:
        """Return why shards that are not done failed last, sorted by their numbers."""
        pending = set(self.pending())
        found = [n for n in _numbers(self.path / "failed") if n in pending]
        return [failure for number in found if (failure := self._failure(number))]

    def forget_failures(self) -> None:
        """Remove what is known of failures, as their shards are tried again."""
        for number in _numbers(self.path / "failed"):
            self._file("failed", number).unlink(missing_ok=True)

    def remove(self) -> None:
        """Remove the folder with everything in it.

        Raises:
            RunError: it cannot be removed.
        """
        remove_run(self.path)

    def _forget_sizes(self) -> None:
        (self.path / _SIZES).unlink(missing_ok=True)
        self._sizes = []

    def _failure(self, number: int) -> Failure | None:
        with suppress(OSError, ValueError, TypeError):
            about = json.loads(self._file("failed", number).read_bytes())
            words = {key: str(about[key]) for key in ("host", "job", "message")}
            return Failure(shard=number, **words)
        return None

    def _file(self, room: str, number: int) -> Path:
        return self.path / room / f"{number:05}"


def remove_run(path: Path) -> None:
    """Remove the folder of a run, also of a damaged one; of a link the link itself.

    Raises:
        RunError: it cannot be removed.
    """
    try:
        if path.is_symlink():
            path.unlink()
        else:
            shutil.rmtree(path)
    except FileNotFoundError:
        return
    except OSError as error:
        reason = error.strerror or str(error)
        raise RunError(
            f"The run {path} cannot be removed: {reason}.",
            hint="Fix the cause (permissions, a file that is in use), then run the same command "
            "again.",
        ) from error


def runs_in(root: Path) -> list[str]:
    """Return the ids of the runs in a folder, sorted; none where there is no such folder."""
    with suppress(FileNotFoundError, NotADirectoryError):
        names = (path.name for path in root.iterdir() if (path / _FILE).is_file())
        return sorted(filter(is_run_id, names))
    return []


def _parsed(content: bytes, run_id: str) -> RunSpec:
    values = json.loads(content)
    if values.pop("format") != _FORMAT or values["run_id"] != run_id:
        raise ValueError("its run.json is that of another run or program")
    return RunSpec(**values | {"verb": Verb(values["verb"])})


def _content(file: Path) -> bytes | None:
    with suppress(FileNotFoundError):
        return file.read_bytes()
    return None


def _sealed_count(path: Path) -> int | None:
    content = _content(path / _SEALED)
    return None if content is None else int(content)


def _sizes(path: Path) -> list[ShardSize]:
    lines = (_content(path / _SIZES) or b"").splitlines()
    return [ShardSize(*map(int, line.split(b"\t"))) for line in lines]


def _numbers(folder: Path) -> list[int]:
    with suppress(FileNotFoundError):
        return sorted(int(name) for name in os.listdir(folder) if name.isdecimal())  # noqa: PTH208 - of many
    return []
