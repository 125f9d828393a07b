"""A loader in processes of its own: bounded in time and memory, with nothing of the user's."""

from __future__ import annotations

import os
import re
import selectors
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from shutil import which
from typing import TYPE_CHECKING

from huggingnersc.adapters.files.scratch_folder import scratch_folder
from huggingnersc.domain.check.loader_run import EndedRun, Limit, RunLimits
from huggingnersc.interrupts import defer_interrupt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from huggingnersc.domain.planned_file import PlannedFile

# How programs and libraries are found, and the language; no token and no setting of the user.
_PASSED_ON = (
    *("LANG", "LC_ALL", "LC_CTYPE", "TZ"),
    *("LD_LIBRARY_PATH", "CONDA_PREFIX", "VIRTUAL_ENV", "JULIA_DEPOT_PATH", "R_LIBS"),
)
_LOOK_S = 0.05  # how often the memory is looked at
_HEAD_BYTES, _TAIL_BYTES = 8_000, 32_000
_PIPE_BYTES = 1 << 16
_PROC = Path("/proc")


@contextmanager
def loader_folder(files: Iterable[PlannedFile]) -> Iterator[Path]:
    """Yield a private folder with these files, and an empty home beside it; both are removed."""
    with scratch_folder() as scratch:
        folder = scratch / "dataset"
        for name in ("dataset", "home", "tmp"):
            (scratch / name).mkdir(mode=0o700)
        for file in files:
            (folder / file.path).write_bytes(file.content)
        yield folder


def run_bounded(words: Sequence[str], folder: Path, limits: RunLimits) -> EndedRun:
    """Run a command in a folder of `loader_folder` until it ends or has used up a limit.

    Its whole process group is killed at the end, also on Ctrl-C. It reads no input, and only the
    beginning and the end of what it prints are kept.
    """
    environment = _environment(folder.parent)
    # A relative path starts where the program will run, not where the user is.
    named = str(folder / words[0]) if "/" in words[0] else words[0]
    program = which(named, path=environment["PATH"])
    if program is None:
        return EndedRun(None, f"there is no program {words[0]} on this machine")
    begin, output = time.monotonic(), _Output()
    with ExitStack() as stack:
        try:
            with defer_interrupt():
                process = _started((program, *words[1:]), folder, environment)
                stack.callback(_end, process)
        except OSError as error:  # no program by its content, or too many arguments
            return EndedRun(None, f"{words[0]} cannot be started: {error.strerror}")
        limit = _followed(process, output, limits, begin)
    seconds = time.monotonic() - begin
    shown = PurePosixPath(program)
    return EndedRun(process.returncode, output.text, seconds, limit, shown, str(folder))


def _started(
    words: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        words,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # so that Ctrl-C reaches this process alone
    )


def _environment(scratch: Path) -> dict[str, str]:
    """Return the environment of a loader; where PATH has no Python, this one is found."""
    own = os.path.dirname(sys.executable)  # noqa: PTH120 - PATH is text
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    path = os.pathsep.join(filter(None, (os.environ.get("PATH", os.defpath), own)))
    home, tmp = str(scratch / "home"), str(scratch / "tmp")
    return {**passed, "PATH": path, "HOME": home, "TMPDIR": tmp, "PYTHONUNBUFFERED": "1"}


@dataclass
class _Output:
    """The beginning and the end of what a process prints."""

    head: bytes = b""
    tail: bytes = b""
    left_out: int = field(default=0)

    def add(self, data: bytes) -> None:
        room = _HEAD_BYTES - len(self.head)
        self.head += data[:room]
        tail = self.tail + data[room:]
        self.left_out += max(0, len(tail) - _TAIL_BYTES)
        self.tail = tail[-_TAIL_BYTES:]

    @property
    def text(self) -> str:
        said = f"\n[{self.left_out:,} bytes left out]\n".encode() if self.left_out else b""
        return (self.head + said + self.tail).decode(errors="replace")


def _followed(
    process: subprocess.Popen[bytes], output: _Output, limits: RunLimits, begin: float
) -> Limit | None:
    """Read what a process prints until it ends; return the limit that it reached."""
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    stream = process.stdout.fileno()
    os.set_blocking(stream, False)
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while not _has_ended(process.pid):
            if time.monotonic() - begin > limits.timeout_s:
                return Limit.TIME
            if memory_bytes(process.pid) > limits.memory_bytes:
                return Limit.MEMORY
            for _ in selector.select(_LOOK_S):
                data = os.read(stream, _PIPE_BYTES)
                output.add(data)
                if not data:  # it closed its output and goes on
                    selector.unregister(stream)
    _kill_group(process.pid)  # a child that goes on may hold the pipe open
    with suppress(BlockingIOError):
        while data := os.read(stream, _PIPE_BYTES):
            output.add(data)
    return None


def _has_ended(process: int) -> bool:
    """Return whether a child has ended; its number stays taken until it is waited for."""
    return os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _end(process: subprocess.Popen[bytes]) -> None:
    _kill_group(process.pid)
    with process:  # closes the pipe and waits
        pass


def _kill_group(group: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def memory_bytes(process: int) -> int:
    """Return the memory of a process and its children without mapped files.

    What they share is counted once. 0 where the system does not show it, as on macOS.
    """
    own, shared, waiting = 0, 0, [process]
    while waiting:
        folder = _PROC / str(waiting.pop())
        with suppress(OSError, ValueError):  # it has ended
            status = (folder / "status").read_text("ascii", "replace")
            own += _status_bytes(status, "RssAnon:")
            shared = max(shared, _status_bytes(status, "RssShmem:"))
            for task in (folder / "task").iterdir():
                waiting += map(int, (task / "children").read_text("ascii").split())
    return own + shared


def _status_bytes(status: str, key: str) -> int:
    found = re.search(rf"^{key}\s+(\d+) kB$", status, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0
