"""The logs of the tasks of Slurm, in the folder of their run."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from huggingnersc.adapters.engines.run_folder import RunFolder

_LINES, _LINE_LENGTH, _TAIL_BYTES = 5, 300, 8192


def last_lines(run: RunFolder, job: str) -> tuple[str, ...]:
    """Return the last lines of the log of a task; none where it has none.

    Args:
        run: what the task belongs to.
        job: the job and the task, such as `12_3`.
    """
    with suppress(OSError), (run.path / "log" / f"{job}.txt").open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        stream.seek(max(0, size - _TAIL_BYTES))
        text = stream.read().decode(errors="replace")
        lines = [line.rstrip() for line in text.splitlines() if line.strip()]
        return tuple(line[:_LINE_LENGTH] for line in lines[-_LINES:])
    return ()
