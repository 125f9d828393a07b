"""The process in which data files are opened, bounded in time and memory.

A library that reads data may crash, never end, or take all memory, by a damaged file or by one
made for it. Then this process ends, the file is reported, and the next file gets another process.
"""

from __future__ import annotations

import json
import os
import re
import selectors
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from typing import IO, TYPE_CHECKING, Any

from huggingnersc.adapters.files.scratch_folder import scratch_folder
from huggingnersc.adapters.loader_process import memory_bytes
from huggingnersc.errors import HuggingNerscError
from huggingnersc.interrupts import defer_interrupt

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.adapters.statistics.limits import DescribingLimits

_MODULE = "huggingnersc.adapters.statistics.describing_child"
_LOOK_S = 0.05  # how often the memory is looked at
_PIPE_BYTES = 1 << 16
_LONGEST_ANSWER = 32 << 20
_EXCEPTION = re.compile(r"[A-Za-z_.]{1,80}(?:Error|Exception)\b")
# On a node of 128 cores the threads and arenas of libraries would take more memory than the data.
_FEW_THREADS = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "2",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "CONDA_PREFIX")


class DescriptionError(HuggingNerscError):
    """A file or table cannot be described; the message is for the list of problems."""


class DescriptionLimitError(DescriptionError):
    """Describing it takes too much time or memory, or ended the process; less of it may not."""


class DescribingProcess:
    """Runs tasks in a process of its own, one after the other; use it as a context manager."""

    def __init__(self, limits: DescribingLimits) -> None:
        self._limits = limits
        self.restart_clock()
        self._child: subprocess.Popen[bytes] | None = None
        self._stack = ExitStack()
        self._scratch: Path | None = None

    def __enter__(self) -> DescribingProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()
        self._stack.close()

    def restart_clock(self) -> None:
        """Allow the tasks from here on all the time of the limits."""
        self._end = time.monotonic() + self._limits.seconds

    def ask(self, task: str, **arguments: Any) -> Any:
        """Return what a function returns in the process.

        Args:
            task: `module:function`; its module is below `huggingnersc.adapters.statistics` or
                `huggingnersc.adapters.loading`.
            arguments: JSON, passed on by name.

        Raises:
            DescriptionError: the function raised an error of this program, or its process ended,
                or took too much time or memory.
        """
        seconds = min(self._limits.part_seconds, self._end - time.monotonic())
        if seconds <= 0:
            allowed = f"{self._limits.seconds:g} s"
            raise DescriptionLimitError(
                f"not reached in the {allowed} that all statistics may take"
            )
        child = self._running()
        request = json.dumps({"task": task, "arguments": arguments}) + "\n"
        try:
            assert child.stdin is not None  # noqa: S101 - it is a pipe
            child.stdin.write(request.encode())
            child.stdin.flush()
            answer = json.loads(self._answer(child, seconds))
        except BrokenPipeError as error:
            raise self._ended(child) from error
        except BaseException:
            self._stop()
            raise
        if "error" in answer:
            raise DescriptionError(answer["error"])
        return answer["value"]

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None:
            with defer_interrupt():
                self._child = self._started()
        return self._child

    def _started(self) -> subprocess.Popen[bytes]:
        if self._scratch is None:
            self._scratch = self._stack.enter_context(scratch_folder())
            self._errors: IO[bytes] = self._stack.enter_context(
                (self._scratch / "errors").open("w+b")
            )
        self._errors.truncate(0)
        return subprocess.Popen(
            _command(self._limits.memory_bytes),
            cwd=self._scratch,
            env=_environment(self._scratch),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            start_new_session=True,  # so that Ctrl-C reaches this process alone
        )

    def _answer(self, child: subprocess.Popen[bytes], seconds: float) -> bytes:
        """Return the next line that the process writes."""
        assert child.stdout is not None  # noqa: S101 - it is a pipe
        end, answer = time.monotonic() + seconds, bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(child.stdout, selectors.EVENT_READ)
            while not answer.endswith(b"\n"):
                if time.monotonic() > end:
                    raise DescriptionLimitError(f"not described within {seconds:.0f} s")
                if memory_bytes(child.pid) > self._limits.memory_bytes:
                    allowed = f"{self._limits.memory_bytes >> 20:,} MiB"
                    raise DescriptionLimitError(f"describing it takes more memory than {allowed}")
                for _ in selector.select(_LOOK_S):
                    data = os.read(child.stdout.fileno(), _PIPE_BYTES)
                    answer += data
                    if not data:
                        raise self._ended(child)
                    if len(answer) > _LONGEST_ANSWER:
                        raise DescriptionError("its description is too long")
        return bytes(answer)

    def _ended(self, child: subprocess.Popen[bytes]) -> DescriptionLimitError:
        """Return the error for a process that ended.

        What it printed last may hold values, so only the type of an exception is kept of it.
        """
        status = child.wait()
        self._stop()
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines() or [""]
        kind = _EXCEPTION.match(lines[-1])
        why = kind[0] if kind else _ending(status)
        return DescriptionLimitError(f"the process that reads it ended: {why}")

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)
            with suppress(BrokenPipeError), child:  # closes the pipes and waits
                pass


def _ending(status: int) -> str:
    if status >= 0:
        return f"exit status {status}"
    known = {one.value: one.name for one in signal.Signals}
    return f"signal {-status} ({known.get(-status, 'unknown')})"


def _command(memory_bytes: int) -> list[str]:
    return [sys.executable, "-P", "-m", _MODULE, str(memory_bytes)]


def _environment(scratch: Path) -> dict[str, str]:
    """Return an environment without tokens and settings of the user, with the same packages."""
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    path = os.pathsep.join(place for place in sys.path if place)
    home = {"HOME": str(scratch), "TMPDIR": str(scratch)}
    return {**passed, **home, "PYTHONPATH": path, **_FEW_THREADS}
