"""Start a worker process of the local engine.

A copy of this process (`fork`) works at once, where a new Python has to import everything again.
A process with several threads cannot be copied safely: another thread may hold a lock that no one
releases in the copy. There a new Python is started.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from huggingnersc.adapters.engines.local_worker import work_numbers
from huggingnersc.adapters.engines.shard_work import task_of

if TYPE_CHECKING:
    from huggingnersc.adapters.engines.run_folder import RunFolder

_THREADS = Path("/proc/self/task")
_OWN_PATH = os.fspath(Path(__file__).parents[3])  # where the package is
_LOG_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
# Python ignores these, and so would a program that it starts.
_IGNORED_SIGNALS = (signal.SIGPIPE, signal.SIGXFSZ)


@dataclass(frozen=True, slots=True)
class LocalProcess:
    """A worker process.

    Attributes:
        pid: its number.
        input: where numbers of shards are written to, one a line.
        output: where its answers are read from, see `local_worker`.
    """

    pid: int
    input: int
    output: int

    def kill(self) -> int:
        """End the process, if it has not ended, and close its pipes; return its exit code."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.close(self.input)
        os.close(self.output)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def started(run: RunFolder) -> LocalProcess:
    """Start a process that works shards of a run; its errors are written to the log of the run.

    It is in a session of its own, so that Ctrl-C reaches this process alone.
    """
    numbers, given = os.pipe()
    answers, answered = os.pipe()
    log = os.open(run.path / "log" / "local", _LOG_FLAGS, 0o666)
    streams = numbers, answered, log
    try:
        pid = _forked(run, streams) if _is_single_threaded() else _spawned(run, streams)
    except BaseException:
        os.close(given)
        os.close(answers)
        raise
    finally:
        for descriptor in streams:
            os.close(descriptor)
    return LocalProcess(pid, given, answers)


def _is_single_threaded() -> bool:
    """Return whether this process has one thread only, those of libraries included."""
    with suppress(OSError):
        return len(os.listdir(_THREADS)) == 1  # noqa: PTH208 - the names only
    return False


def _forked(run: RunFolder, streams: tuple[int, int, int]) -> int:
    task_of(run)  # imports it once for all processes
    pid = os.fork()
    if not pid:
        _work(run, streams)
    return pid


def _work(run: RunFolder, streams: tuple[int, int, int]) -> NoReturn:
    """Work shards in the copy; nothing of what the original began is completed here."""
    try:
        os.setsid()
        _forget_handlers()
        for target, descriptor in enumerate(streams):
            os.dup2(descriptor, target)
        _close_others()  # above all locks, and the other ends of all pipes
        work_numbers(run)
        os._exit(0)
    except BaseException:  # noqa: BLE001 - whatever it is, it must not reach the original's code
        os.write(2, traceback.format_exc().encode(errors="replace"))
    finally:
        os._exit(1)


def _forget_handlers() -> None:
    """Let signals do what they do to a new process, not what the original made of them."""
    for number in signal.valid_signals():
        if callable(signal.getsignal(number)):
            signal.signal(number, signal.SIG_DFL)


def _close_others() -> None:
    highest = max(map(int, os.listdir("/proc/self/fd")))  # noqa: PTH208 - the names only
    os.closerange(3, highest + 1)


def _spawned(run: RunFolder, streams: tuple[int, int, int]) -> int:
    module = "huggingnersc.adapters.engines.local_worker"
    return os.posix_spawn(
        sys.executable,
        (sys.executable, "-P", "-m", module, os.fspath(run.path)),
        {**os.environ, "PYTHONPATH": _python_path()},
        file_actions=[
            (os.POSIX_SPAWN_DUP2, *pair) for pair in zip(streams, range(3), strict=True)
        ],
        setsid=True,
        setsigdef=_IGNORED_SIGNALS,
    )


def _python_path() -> str:
    """Return where a process finds the modules that this one finds."""
    return os.pathsep.join(dict.fromkeys(filter(None, (*sys.path, _OWN_PATH))))
