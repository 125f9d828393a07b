"""The engine `slurm`: one array job for the shards of a run that are not done.

Slurm places, limits and requeues the tasks; whether a shard is done is in the folder of the run
alone. So the process that submits may end at any time, and whoever asks next sees what is left.
"""

from __future__ import annotations

import os
import re
import secrets
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.engines.choice import WorkProgress
from huggingnersc.adapters.engines.slurm_commands import (
    SlurmSilentError,
    cancel_job,
    find_job,
    submit_array,
    task_states,
)
from huggingnersc.adapters.engines.submission import (
    Submission,
    forget_submission,
    shards_of,
    submissions,
    tasks_of,
    write_job_id,
    write_submission,
)
from huggingnersc.adapters.templates import render
from huggingnersc.domain.engine_name import EngineName
from huggingnersc.domain.text.formatting import plural
from huggingnersc.domain.text.terminal import visible
from huggingnersc.errors import RunError, RunFailedError, RunLeft, RunPendingError
from huggingnersc.fixes import Fix, Message, Verb
from huggingnersc.interrupts import defer_interrupt

if TYPE_CHECKING:
    from collections.abc import Iterable

    from huggingnersc.adapters.engines.choice import EngineChoice, Report
    from huggingnersc.adapters.engines.run_folder import RunFolder
    from huggingnersc.adapters.engines.slurm_states import TaskState

_ACCOUNT = re.compile(r"[A-Za-z0-9_.-]+")
_FIRST_LOOK_S, _LAST_LOOK_S = 0.2, 5.0  # between looks at the results
_FIRST_ASK_S, _LAST_ASK_S = 1.0, 60.0  # between questions to Slurm
_LAG_S = 2.0  # until a shared file system shows what a task has written last


@dataclass(frozen=True, slots=True)
class SubmittedTask:
    """A task of a submission, and its state; None where Slurm does not know it any more."""

    submission: Submission
    task: int
    state: TaskState | None

    @property
    def is_active(self) -> bool:
        """Whether it runs or will run."""
        return self.state is not None and self.state.is_active


def run_slurm(run: RunFolder, choice: EngineChoice, report: Report) -> None:
    """Let Slurm do what is not done of a run, and wait for it.

    What the tasks of an earlier submission still work on is not submitted again.

    Args:
        run: its work list is sealed.
        choice: how many tasks run at a time, whether to wait, and the options of the site.
        report: called with the progress.

    Raises:
        RunPendingError: it is not to be waited for.
        RunFailedError: the jobs have ended and some of the work is not done.
        RunError: there is no Slurm, it does not answer, or the account is not known.
        RunLeft: Ctrl-C came; the jobs go on.
    """
    if not run.pending():
        return
    active = [task for task in submitted_tasks(run) if task.is_active]
    left = sorted(set(run.pending()) - _shards(active))
    if left:
        run.forget_failures()
        submit(run, left, choice)
    if not choice.wait:
        raise _pending(run)
    try:
        _follow(run, report)
    except KeyboardInterrupt as stop:
        raise RunLeft(_how_to_complete(run)) from stop
    if run.pending():
        raise failed(run)


def submit(run: RunFolder, shards: Iterable[int], choice: EngineChoice) -> Submission:
    """Submit an array job for some shards.

    Raises:
        RunFailedError: Slurm refused it.
        RunError: there is no Slurm, it does not answer, or the account is not known.
    """
    number = len(list((run.path / "jobs").glob("*.json"))) + 1
    at_a_time = choice.jobs or choice.settings.slurm_tasks
    root = str(run.spec.arguments.get("root", ""))
    sizes = run.sizes
    submission = Submission(
        number=number,
        name=f"{run.spec.run_id}.{number}.{secrets.token_hex(3)}",
        tasks=tasks_of({shard: sizes[shard] for shard in shards}, at_a_time=at_a_time),
        root=root,
        root_inode=Path(root).stat().st_ino if root else 0,
    )
    script = _script(run, submission, _options(choice, root), choice.settings.slurm_setup)
    run.update(replace(run.spec, engine=EngineName.SLURM))
    file = write_submission(run, submission, script)
    with defer_interrupt():
        try:
            job_id = submit_array(
                file,
                name=submission.name,
                tasks=len(submission.tasks),
                at_a_time=at_a_time,
                folder=run.path,
            )
        except RunFailedError:
            forget_submission(run, number)
            raise
        write_job_id(run, number, job_id)
    return replace(submission, job_id=job_id)


def submitted_tasks(run: RunFolder) -> list[SubmittedTask]:
    """Return every task that was submitted for a run, with its state.

    A job whose number was lost, as the submitting process ended, is found again by its name.

    Raises:
        RunError: there is no Slurm, or it does not answer.
        RunDamagedError: the folder of the run cannot be read.
    """
    return [task for submission in submissions(run) for task in _tasks(run, submission)]


def cancel(run: RunFolder) -> list[str]:
    """Cancel the jobs of a run that are active; return their numbers.

    Raises:
        RunError: there is no Slurm, it does not answer, or refuses.
    """
    active = [task for task in submitted_tasks(run) if task.is_active]
    jobs = sorted({task.submission.job_id for task in active})
    for job_id in jobs:
        cancel_job(job_id)
    return jobs


def wait_for_end(run: RunFolder, *, timeout_s: float) -> bool:
    """Wait until no task of a run is active; return whether that is so."""
    end = time.monotonic() + timeout_s
    while any(task.is_active for task in submitted_tasks(run)):
        if time.monotonic() > end:
            return False
        time.sleep(_FIRST_ASK_S / 2)
    return True


def progress_of(run: RunFolder, note: str = "") -> WorkProgress:
    """Return how far a run is, by its results."""
    sizes, done = run.sizes, run.done()
    return WorkProgress(
        files=sum(sizes[number].files for number in done),
        size_bytes=sum(sizes[number].size_bytes for number in done),
        of_files=sum(size.files for size in sizes),
        of_bytes=sum(size.size_bytes for size in sizes),
        is_listed=run.is_sealed,
        note=note,
    )


def tasks_words(tasks: Iterable[SubmittedTask]) -> str:
    """Return how many tasks run and wait, and why: `2 tasks run, 5 wait (Priority)`."""
    active = [task.state for task in tasks if task.state and task.state.is_active]
    waiting = [state for state in active if not state.is_running]
    words = []
    if running := len(active) - len(waiting):
        words.append(f"{plural(running, 'task runs', 'tasks run')}")
    if waiting:
        reasons = ", ".join(sorted({state.reason for state in waiting if state.reason}))
        count = plural(len(waiting), "task waits", "tasks wait")
        words.append(f"{count} ({visible(reasons)})" if reasons else count)
    return ", ".join(words)


def failed(run: RunFolder) -> RunFailedError:
    """Return the error for a run whose jobs have ended before all of its work was done."""
    pending, reasons = run.pending(), [failure.message for failure in run.failures()]
    if not reasons:
        with suppress(RunError):
            left = set(pending)
            ended = [t for t in submitted_tasks(run) if left & set(t.submission.tasks[t.task])]
            reasons = [task.state.end for task in ended if task.state]
    why = f": {reasons[-1].removesuffix('.')}" if reasons else ""
    count = plural(len(pending), "shard is", "shards are")
    return RunFailedError(
        f"The jobs of the run {run.spec.run_id} have ended, but {count} not done{why}.",
        hint=Message(
            "See why: ",
            Fix(Verb.STATUS_RUN, (run.spec.run_id,)),
            "; then: ",
            Fix(Verb.RESUME_RUN, (run.spec.run_id,)),
        ),
    )


def _tasks(run: RunFolder, submission: Submission) -> list[SubmittedTask]:
    if not submission.job_id:
        job_id = find_job(submission.name)
        if not job_id:  # the process ended before Slurm had it
            return []
        write_job_id(run, submission.number, job_id)
        submission = replace(submission, job_id=job_id)
    states = {state.task: state for state in task_states(submission.job_id)}
    return [SubmittedTask(submission, n, states.get(n)) for n in range(len(submission.tasks))]


def _follow(run: RunFolder, report: Report) -> None:
    """Report the progress of a run until it is done or none of its tasks is active."""
    look_s, ask_s, note = _FIRST_LOOK_S, _FIRST_ASK_S, ""
    ask_at, quiet_since = time.monotonic(), 0.0
    while pending := run.pending():
        now = time.monotonic()
        if now >= ask_at:
            ask_at, ask_s = now + ask_s, min(ask_s * 1.5, _LAST_ASK_S)
            try:
                tasks = submitted_tasks(run)
            except SlurmSilentError:
                note = "Slurm does not answer"
            else:
                note = tasks_words(tasks)
                if set(pending) & _shards(task for task in tasks if task.is_active):
                    quiet_since = 0.0
                elif not quiet_since:
                    quiet_since, ask_at = now, now + _LAG_S
                else:
                    return
        report(progress_of(run, note))
        time.sleep(look_s if not quiet_since else _FIRST_LOOK_S)
        look_s = min(look_s * 1.2, _LAST_LOOK_S)
    report(progress_of(run))


def _shards(tasks: Iterable[SubmittedTask]) -> set[int]:
    return shards_of((task.submission, task.task) for task in tasks)


def _options(choice: EngineChoice, root: str) -> tuple[str, ...]:
    options = choice.settings.slurm
    if not any("{account}" in option for option in options):
        return options
    account = _account(choice, root)
    return tuple(option.replace("{account}", account) for option in options)


def _account(choice: EngineChoice, root: str) -> str:
    named = os.environ.get("SBATCH_ACCOUNT", "")
    if not named and choice.projects and root.startswith(choice.projects):
        named = root.removeprefix(choice.projects).partition("/")[0]
    if _ACCOUNT.fullmatch(named):
        return named
    below = f" (the data is not below {choice.projects}PROJECT)" if choice.projects else ""
    raise RunError(
        f"The account to charge for the jobs is not known{below}.",
        hint="Name it: export SBATCH_ACCOUNT=PROJECT",
    )


def _script(
    run: RunFolder, submission: Submission, options: tuple[str, ...], setup: tuple[str, ...]
) -> str:
    return render(
        "engine/job.sh.j2",
        run_id=run.spec.run_id,
        run=str(run.path),
        number=submission.number,
        options=options,
        setup=setup,
        python=sys.executable,
        python_path=_python_path(),
    )


def _python_path() -> str:
    """Return the folder of a checkout; empty where the package is installed."""
    folder = Path(__file__).resolve().parents[3]
    return "" if folder.name in {"site-packages", "dist-packages"} else str(folder)


def _pending(run: RunFolder) -> RunPendingError:
    job_id = submissions(run)[-1].job_id
    return RunPendingError(
        f"The run {run.spec.run_id} is left to Slurm.",
        run_id=run.spec.run_id,
        job_id=job_id,
        hint=_how_to_complete(run),
    )


def _how_to_complete(run: RunFolder) -> Message:
    run_id = run.spec.run_id
    return Message(
        "The jobs go on. Look: ",
        Fix(Verb.STATUS_RUN, (run_id,)),
        "; complete it: ",
        Fix(Verb.RESUME_RUN, (run_id,)),
    )
