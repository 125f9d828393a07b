"""What Slurm says about the tasks of an array job."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PAIR = re.compile(r"(?<!\S)(\w+)=(\S*)")
_ENDED = {
    *("BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED", "NODE_FAIL"),
    *("OUT_OF_MEMORY", "PREEMPTED", "REVOKED", "TIMEOUT"),
}
_NO_LOG = "0:53"  # Slurm's exit code where a file of the job could not be opened
_SAID = {
    "CANCELLED": "it was canceled",
    "NODE_FAIL": "its node failed",
    "OUT_OF_MEMORY": "it needed more memory than it asked for",
    "PREEMPTED": "it had to make room for another job",
    "TIMEOUT": "it reached the time limit",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskState:
    """The state of a task, as Slurm has it.

    Attributes:
        job_id: the number of the array job.
        task: the number of the task.
        state: such as RUNNING.
        reason: why it waits.
        node: where it runs or ran.
        exit_code: such as `1:0`, the exit code and the signal.
        restarts: how often it was put back into the queue.
    """

    job_id: str
    task: int
    state: str
    reason: str = ""
    node: str = ""
    exit_code: str = ""
    restarts: int = 0

    @property
    def is_active(self) -> bool:
        """Whether it runs or will run; a state that is not known here is taken for active."""
        return self.state not in _ENDED

    @property
    def is_running(self) -> bool:
        """Whether it runs."""
        return self.is_active and self.state != "PENDING"

    @property
    def end(self) -> str:
        """How it ended, in words."""
        if self.exit_code == _NO_LOG:
            return "its log could not be written: the node may not have the folder of the run"
        if self.state in _SAID:
            return _SAID[self.state]
        code, _, number = self.exit_code.partition(":")
        if number not in {"", "0"}:
            return f"it was ended by signal {number}"
        return f"it ended with exit code {code}" if code else f"its state is {self.state}"


def states_of_scontrol(text: str) -> list[TaskState]:
    """Return the states in the answer of `scontrol --oneliner show job`."""
    return [state for line in text.splitlines() for state in _states(dict(_pairs(line)))]


def states_of_sacct(text: str) -> list[TaskState]:
    """Return the states in the answer of `sacct --parsable2`: JobID, State, ExitCode, NodeList."""
    found = []
    for line in text.splitlines():
        job, state, exit_code, node = (*line.split("|"), "", "", "")[:4]
        job_id, _, tasks = job.partition("_")
        for task in task_numbers(tasks.strip("[]")):
            word = state.split(" ")[0]  # CANCELLED by 1000
            found.append(
                TaskState(job_id=job_id, task=task, state=word, node=node, exit_code=exit_code)
            )
    return found


def task_numbers(text: str) -> Iterator[int]:
    """Yield the numbers in a list of Slurm: `3`, or `0-2,5,7-9%4`."""
    for part in text.partition("%")[0].split(","):
        first, _, last = part.partition("-")
        if first.isdecimal() and (last or first).isdecimal():
            yield from range(int(first), int(last or first) + 1)


def _pairs(line: str) -> Iterable[tuple[str, str]]:
    found = _PAIR.finditer(line)
    return reversed([(pair[1], pair[2]) for pair in found])  # the first of a name counts


def _states(values: dict[str, str]) -> Iterator[TaskState]:
    for task in task_numbers(values.get("ArrayTaskId", "")):
        yield TaskState(
            job_id=values.get("ArrayJobId", ""),
            task=task,
            state=values.get("JobState", ""),
            reason=values.get("Reason", "").removesuffix("None"),
            node=values.get("NodeList", "").removesuffix("(null)"),
            exit_code=values.get("ExitCode", ""),
            restarts=int(values.get("Restarts", "0") or 0),
        )
