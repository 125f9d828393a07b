"""A loader that is run to see whether it works: what is run, how it ended, what that means."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import PurePosixPath
from signal import Signals
from typing import TYPE_CHECKING

from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.check.findings import Finding, note, problem, unchecked, warning
from huggingnersc.domain.text.redact import redact
from huggingnersc.fixes import Message, Option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from huggingnersc.fixes import Text

TIMEOUT_S = 60.0
MEMORY_GB = 8.0
_MOST_LINES = 24
_MOST_CHARS = 200  # of a line
_TRACEBACK = "Traceback (most recent call last):"
_FRAME = re.compile(r'  File "(?P<file>[^"]*)", line ')
_MISSING_MODULE = re.compile(r"^ModuleNotFoundError: No module named '(?P<name>[^']+)'", re.M)


@dataclass(frozen=True, slots=True)
class RunLimits:
    """What a loader may use.

    Attributes:
        timeout_s: seconds of wall time.
        memory_gb: memory of all its processes together, in GB of 10^9 bytes.
    """

    timeout_s: float = TIMEOUT_S
    memory_gb: float = MEMORY_GB

    @property
    def memory_bytes(self) -> int:
        """The memory in bytes."""
        return int(self.memory_gb * 1e9)


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """What running a loader means, to be agreed to before.

    Attributes:
        nickname: the dataset.
        command: the line of bash, empty where only `call` is tried.
        call: the Python expression whose first example is shown; None where none is known.
        script: the line of Python that loads an example by the script of the latest version;
            empty where there is none.
        files: the names of the files in the folder in which it runs, the loader first.
        record: the file that holds them.
        owner: the user who wrote that file.
        limits: when it is ended.
    """

    nickname: str
    command: str
    call: str | None
    script: str
    files: tuple[str, ...]
    record: PurePosixPath
    owner: str
    limits: RunLimits


class Limit(StrEnum):
    """What a process ran out of."""

    TIME = "time"
    MEMORY = "memory"


@dataclass(frozen=True, slots=True)
class EndedRun:
    """How a process ended.

    Attributes:
        status: its exit status; the negative number of a signal that ended it; None where it
            could not be started.
        output: what it printed, the middle of a long text left out.
        seconds: how long it ran.
        limit: what it ran out of; None where it ended by itself.
        program: the file that was run; None where there is none of that name.
        place: the folder in which it ran.
    """

    status: int | None
    output: str
    seconds: float = 0.0
    limit: Limit | None = None
    program: PurePosixPath | None = None
    place: str = ""


def run_finding(what: str, ended: EndedRun, limits: RunLimits) -> Finding:
    """Return what it means how a run ended.

    Args:
        what: the command or the call.
        ended: how it ended.
        limits: when it would have been ended.
    """
    if ended.status is None:
        return unchecked("loader", f"{what} was not run: {ended.output}")
    excerpt = shown_output(ended.output, ended.place)
    if ended.limit is not None:
        found = warning("loader", _over_limit(what, ended.limit, limits))
    elif ended.status == 0:
        found = note("loader", f"{what} ended well after {ended.seconds:.1f} s")
    elif missing := _MISSING_MODULE.search(ended.output):
        lacking = f"{what} needs the module {missing['name']}, which is not in the dataset and "
        advice = f"not known to {ended.program}; activate the environment of the loader"
        found = warning("loader", lacking + advice)
    else:
        found = problem("loader", f"{what} failed: {_ending(ended.status)}")
    return replace(found, excerpt=excerpt)


def _over_limit(what: str, limit: Limit, limits: RunLimits) -> Text:
    if limit is Limit.TIME:
        more = Option(Field.TIMEOUT_S, f"{limits.timeout_s * 10:g}")
        return Message(f"{what} had not ended after {limits.timeout_s:g} s; allow more: ", more)
    more = Option(Field.MEMORY_GB, f"{limits.memory_gb * 2:g}")
    return Message(f"{what} took more than {limits.memory_gb:g} GB; allow more: ", more)


def _ending(status: int) -> str:
    if status >= 0:
        return f"exit status {status}"
    known = {signal.value: signal.name for signal in Signals}
    return f"ended by signal {-status} ({known.get(-status, 'unknown')})"


def shown_output(output: str, place: str = "") -> str | None:
    """Return what a program printed for a report; None where it printed nothing.

    A traceback begins at the first frame of the dataset's own files; paths in the folder of the
    run become names, secrets are masked, and what is long is cut.

    Args:
        output: what it printed.
        place: the folder in which it ran.
    """
    own = output.replace(f"{place}/", "") if place else output
    lines = [line[:_MOST_CHARS] for line in _from_own_frame(redact(own).rstrip().splitlines())]
    if len(lines) > _MOST_LINES:
        half = _MOST_LINES // 2
        lines = [*lines[:half], f"[{len(lines) - 2 * half} lines left out]", *lines[-half:]]
    return "\n".join(lines) or None


def _from_own_frame(lines: Sequence[str]) -> Sequence[str]:
    """Return lines without the frames of the program that runs the loader."""
    starts = [number for number, line in enumerate(lines) if line == _TRACEBACK]
    if not starts:
        return lines
    last = starts[-1]
    frames = [n for n in range(last + 1, len(lines)) if _FRAME.match(lines[n])]
    own = [
        n for n in frames if (found := _FRAME.match(lines[n])) and found["file"][:1] not in "/<"
    ]
    kept = lines[own[0] :] if own else lines[last + 1 :]
    return (*lines[:last], _TRACEBACK, *kept)
