"""A run that is left to Slurm, as `--no-wait` asks for: shown as a result, not as an error."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from huggingnersc.cli.facts import facts, heading
from huggingnersc.cli.output import show
from huggingnersc.cli.program import worded
from huggingnersc.errors import RunPendingError
from huggingnersc.fixes import Fix, Verb

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class LeftRun:
    """A run that Slurm works on.

    Attributes:
        run_id: its name.
        job_id: the number of its latest job.
        outcome: always `submitted`.
    """

    run_id: str
    job_id: str
    outcome: str = "submitted"


@contextmanager
def left_to_slurm(*, as_json: bool, quiet: bool) -> Iterator[None]:
    """Within the block show a run that is left to Slurm, and end the command with 0."""
    try:
        yield
    except RunPendingError as pending:
        left = LeftRun(pending.run_id, pending.job_id)
        show(left, left_run, as_json=as_json, quiet=quiet)
        raise typer.Exit(code=0) from pending


def left_run(run: LeftRun) -> Iterator[str]:
    """Say which job works on the run, and how it is completed."""
    yield heading(run.run_id, "is left to Slurm")
    yield from facts(
        [
            ("Job", run.job_id),
            ("Look at it", worded(Fix(Verb.STATUS_RUN, (run.run_id,)))),
            ("Complete it", worded(Fix(Verb.RESUME_RUN, (run.run_id,)))),
        ]
    )
