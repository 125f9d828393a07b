"""Look at the runs of this user: how far they are, and why one failed."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.engines.explained_run import explained_run
from huggingnersc.adapters.engines.job_log import last_lines
from huggingnersc.adapters.engines.kept_progress import progress_kept
from huggingnersc.adapters.engines.run_folder import RunFolder, runs_in
from huggingnersc.adapters.engines.run_id import require_run_id
from huggingnersc.adapters.engines.slurm import progress_of, submitted_tasks, tasks_words
from huggingnersc.api.site import resolve_site
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.engine_name import EngineName
from huggingnersc.errors import RunDamagedError, RunError, RunUnknownError
from huggingnersc.fixes import Fix, Message, Option, Verb
from huggingnersc.problems import Problem, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from huggingnersc.adapters.engines.choice import WorkProgress
    from huggingnersc.adapters.engines.run_folder import Failure
    from huggingnersc.adapters.engines.slurm import SubmittedTask
    from huggingnersc.domain.site import Site
    from huggingnersc.fixes import Text

_MOST_FAILURES = 20


class RunState(StrEnum):
    """What happens with a run."""

    RUNNING = "running"  # a process of this user, or a job of Slurm, works on it
    STOPPED = "stopped"  # nothing works on it, and some of it is not done
    FAILED = "failed"  # the same, and something went wrong
    DONE = "done"  # all of the work is; resume_run completes what it was for
    PLANNED = "planned"  # the same, but no one has agreed to the version that it is for


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStatus:
    """An array job of Slurm.

    Attributes:
        job_id: its number.
        tasks: how many of its tasks are in each of Slurm's states; those that Slurm has forgotten
            are UNKNOWN.
    """

    job_id: str
    tasks: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFailure:
    """Why some of the work is not done.

    Attributes:
        shard: its number.
        host: the machine that worked on it; empty where that is not known.
        job: the task of Slurm, such as `12_3`; empty on this machine.
        message: one sentence.
        log: the last lines of its log.
    """

    shard: int
    host: str
    job: str
    message: str
    log: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStatus:
    """How far a run is.

    Attributes:
        run_id: its name.
        verb: what it is a part of.
        engine: where it is worked on: `local` or `slurm`.
        state: what happens with it.
        data: the folder of the data.
        created_at: when it began.
        folder: where it is kept.
        is_listed: whether the work list is complete, so that the totals are known.
        shards_done: how many parts of the work are done, of `shards`.
        files_done: how many files these are, or samples of a pack, of `files`.
        bytes_done: their size, of `size_bytes`.
        bytes_per_s: the rate since the first part was done; None where it is not known.
        seconds_left: at this rate, while it is worked on.
        waiting: how many tasks run and wait, and for what.
        jobs: what was given to Slurm.
        failures: why parts of it are not done, the first 20.
        failure_count: how many there are.
        next_step: the command that goes on; None where nothing is to be done.
        removal: the command that gives a planned run up; None in other states.
        warnings: what could not be found out.
    """

    run_id: str
    verb: Verb
    engine: str
    state: RunState
    data: str
    created_at: str
    folder: Path
    is_listed: bool
    shards_done: int
    shards: int
    files_done: int
    files: int
    bytes_done: int
    size_bytes: int
    bytes_per_s: float | None
    seconds_left: float | None
    waiting: str
    jobs: tuple[JobStatus, ...]
    failures: tuple[RunFailure, ...]
    failure_count: int
    next_step: Fix | None
    removal: Fix | None
    warnings: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedRuns:
    """The runs of this user.

    Attributes:
        runs: those that can be read, the oldest first.
        problems: why the others cannot, by their id.
    """

    runs: tuple[RunStatus, ...]
    problems: tuple[Problem, ...]

    @property
    def warnings(self) -> tuple[Text, ...]:
        """What could not be found out."""
        said = [warning for run in self.runs for warning in run.warnings]
        damaged = [Message(f"{problem.where}: ", problem.message) for problem in self.problems]
        return (*dict.fromkeys(said), *damaged)


def status_run(run_id: str, *, site: Site | str | None = None) -> RunStatus:
    """Return how far a run is, by the results in its folder.

    Args:
        run_id: the name of the run.
        site: the site, its name or its TOML file; chosen by the environment when None.

    Raises:
        RunUnknownError: there is no such run.
        RunError: its folder cannot be read.
    """
    chosen = resolve_site(site)
    with explained_run(Path(chosen.run_root)):
        return _status(opened_run(run_id, chosen))


def status_runs(*, site: Site | str | None = None) -> ListedRuns:
    """Return how far the runs of this user are.

    Args:
        site: the site, its name or its TOML file; chosen by the environment when None.

    Raises:
        RunError: the folder of the runs cannot be read.
    """
    root = Path(resolve_site(site).run_root)
    found, problems = [], []
    with explained_run(root):
        names = runs_in(root)
    for run_id in names:
        try:
            found.append(_status(RunFolder.open(root / run_id)))
        except (RunUnknownError, FileNotFoundError):  # removed meanwhile
            continue
        except (RunDamagedError, OSError) as error:
            problems.append(Problem(run_id, str(error)))
    ordered = sorted(found, key=lambda run: (run.created_at, run.run_id))
    return ListedRuns(runs=tuple(ordered), problems=tuple(problems))


def opened_run(run_id: str, site: Site) -> RunFolder:
    """Open a run of this user.

    Raises:
        RunUnknownError: there is no such run.
        RunDamagedError: its folder cannot be read.
    """
    root = Path(site.run_root)
    try:
        return RunFolder.open(root / require_run_id(run_id))
    except RunUnknownError as error:
        close = nearest(run_id, runs_in(root), count=3)
        hint = f"Did you mean {' or '.join(close)}?" if close else error.hint
        raise RunUnknownError(f'There is no run "{run_id}" in {root}.', hint=hint) from error


def _status(run: RunFolder) -> RunStatus:
    tasks: Sequence[SubmittedTask] = ()
    warnings: tuple[Text, ...] = ()
    if run.spec.engine == EngineName.SLURM:
        try:
            tasks = submitted_tasks(run)
        except RunDamagedError:
            raise
        except RunError as error:
            warnings = (f"{error} The state of the jobs is not known.",)
    failures = _failures(run, tasks)
    state = _state(run, tasks, failed=bool(failures))
    progress, rate = _progress(run)
    left = (progress.of_bytes - progress.size_bytes) / rate if rate else None
    shown = [_with_log(run, failure) for failure in failures[:_MOST_FAILURES]]
    return RunStatus(
        run_id=run.spec.run_id,
        verb=run.spec.verb,
        engine=run.spec.engine,
        state=state,
        data=str(run.spec.arguments.get("root") or run.spec.request.get("shards", "")),
        created_at=run.spec.created_at,
        folder=run.path,
        is_listed=run.is_sealed,
        shards_done=len(run.done()),
        shards=run.shard_count,
        files_done=progress.files,
        files=progress.of_files,
        bytes_done=progress.size_bytes,
        size_bytes=progress.of_bytes,
        bytes_per_s=rate,
        seconds_left=left if state is RunState.RUNNING and run.is_sealed else None,
        waiting=tasks_words(tasks),
        jobs=_jobs(tasks),
        failures=tuple(shown),
        failure_count=len(failures),
        next_step=_next_step(run, state),
        removal=_removal(run) if state is RunState.PLANNED else None,
        warnings=warnings,
    )


def _state(run: RunFolder, tasks: Sequence[SubmittedTask], *, failed: bool) -> RunState:
    if run.is_sealed and not run.pending():
        is_planned = run.spec.request.get("is_agreed") is False and not run.is_locked
        return RunState.PLANNED if is_planned else RunState.DONE
    if run.is_locked or any(task.is_active for task in tasks):
        return RunState.RUNNING
    return RunState.FAILED if failed else RunState.STOPPED


def _next_step(run: RunFolder, state: RunState) -> Fix | None:
    """Return what goes on with a run; a planned version is made by the command that shows it."""
    request = run.spec.request
    if state is RunState.PLANNED:
        places = {Field.DRAFT: request.get("draft"), Field.DATA_PATH: request.get("data_path")}
        options = (Option(field, str(path)) for field, path in places.items() if path)
        return Fix(run.spec.verb, (str(request.get("nickname")),), tuple(options))
    is_at_work = state is RunState.RUNNING and run.spec.engine == EngineName.LOCAL
    return None if is_at_work else Fix(Verb.RESUME_RUN, (run.spec.run_id,))


def _removal(run: RunFolder) -> Fix:
    return Fix(Verb.CANCEL_RUN, (run.spec.run_id,), (Option(Field.DELETE),))


def _jobs(tasks: Sequence[SubmittedTask]) -> tuple[JobStatus, ...]:
    states: dict[str, Counter[str]] = {}
    for task in tasks:
        counts = states.setdefault(task.submission.job_id, Counter())
        counts[task.state.state if task.state else "UNKNOWN"] += 1
    return tuple(
        JobStatus(job_id=job_id, tasks=dict(sorted(counts.items())))
        for job_id, counts in states.items()
    )


def _failures(run: RunFolder, tasks: Sequence[SubmittedTask]) -> list[RunFailure]:
    """Return why shards are not done: what their workers said, else how their tasks ended."""
    found = {failure.shard: _said(failure) for failure in run.failures()}
    active = {n for task in tasks if task.is_active for n in task.submission.tasks[task.task]}
    left = set(run.pending()) - active
    for task in reversed(tasks):  # the latest submission counts
        for shard in left & set(task.submission.tasks[task.task]) - set(found):
            if task.state:
                job = f"{task.state.job_id}_{task.task}"
                found[shard] = RunFailure(
                    shard=shard, host=task.state.node, job=job, message=task.state.end
                )
    return [found[shard] for shard in sorted(found)]


def _said(failure: Failure) -> RunFailure:
    return RunFailure(
        shard=failure.shard, host=failure.host, job=failure.job, message=failure.message
    )


def _with_log(run: RunFolder, failure: RunFailure) -> RunFailure:
    return replace(failure, log=last_lines(run, failure.job)) if failure.job else failure


def _progress(run: RunFolder) -> tuple[WorkProgress, float | None]:
    """Return how far a run is, and its rate: of a transfer as it says itself."""
    progress, kept = progress_of(run), progress_kept(run)
    if kept is None:
        return progress, _bytes_per_s(run)
    files, size_bytes = min(kept.files, progress.of_files), min(kept.size_bytes, progress.of_bytes)
    return replace(progress, files=files, size_bytes=size_bytes), kept.bytes_per_s or None


def _bytes_per_s(run: RunFolder) -> float | None:
    """Return how fast the parts after the first one were done, by the times of their results."""
    times = []
    for number in run.done():
        with suppress(OSError):
            times.append((run.done_at(number), number))
    if len(times) < 2:
        return None
    (begin, first), *_, (end, _) = sorted(times)
    size = sum(run.sizes[number].size_bytes for _, number in times if number != first)
    return size / (end - begin) if end > begin and size else None
