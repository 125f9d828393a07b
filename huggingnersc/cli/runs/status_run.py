"""The command `status-run`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from huggingnersc.cli.completion import complete_run
from huggingnersc.cli.facts import facts, heading
from huggingnersc.cli.markup import escape
from huggingnersc.cli.options import JsonOption, QuietOption, SiteOption
from huggingnersc.cli.output import show
from huggingnersc.cli.program import worded
from huggingnersc.cli.work_progress import work_unit
from huggingnersc.domain.text.formatting import duration_words, plural, size_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from huggingnersc.api.runs.status_run import ListedRuns, RunStatus
    from huggingnersc.cli.columns import Columns


def status_run(
    run: Annotated[
        str | None,
        typer.Argument(
            metavar="RUN", help="The run to look at; all without it.", autocompletion=complete_run
        ),
    ] = None,
    *,
    site: SiteOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show how far the runs of heavy verbs are.

    A run is the work of snapshot-dataset, verify-dataset, compare-datasets or download-dataset
    that is not completed yet. Of one run it shows what is done, the rate, the time that is left,
    its jobs of Slurm, and the last lines of the logs of what failed. Into a pipe goes one run a
    line, its values separated by tabs: run, state, engine, shards done, shards, bytes done, bytes,
    when it began, data path.

    Examples:
        huggingnersc status-run
        huggingnersc status-run snapshot-iris-1a2b3c4d
    """
    from huggingnersc.api.runs.status_run import status_run as look
    from huggingnersc.api.runs.status_run import status_runs

    if run is None:
        show(status_runs(site=site), listed_runs, as_json=json, quiet=quiet, piped=tabbed_runs)
    else:
        show(look(run, site=site), run_lines, as_json=json, quiet=quiet)


_HEAD = ("RUN", "STATE", "ENGINE", "DONE", "BEGUN")


def listed_runs(result: ListedRuns) -> Iterator[str | Columns]:
    """Show a table of the runs, then how many these are."""
    from huggingnersc.cli.columns import Columns

    if result.runs:
        yield Columns(_HEAD, [_cells(run) for run in result.runs], frozenset({3}))
    yield f"[dim]{plural(len(result.runs), 'run')}[/dim]"
    for run in result.runs:
        if run.next_step and run.removal:
            made, removed = worded(run.next_step), worded(run.removal)
            yield f"[dim]{run.run_id} was only planned. Make the version: {escape(made)}[/dim]"
            yield f"[dim]Or remove the run: {escape(removed)}[/dim]"


def tabbed_runs(result: ListedRuns) -> Iterator[tuple[str, ...]]:
    """Yield the values of each run, none of them cut."""
    for run in result.runs:
        numbers = (run.shards_done, run.shards, run.bytes_done, run.size_bytes)
        yield run.run_id, run.state, run.engine, *map(str, numbers), run.created_at, run.data


def _cells(run: RunStatus) -> tuple[str, ...]:
    return run.run_id, run.state, run.engine, _done(run), run.created_at


def _done(run: RunStatus) -> str:
    done = f"{size_words(run.bytes_done)} of {size_words(run.size_bytes)}"
    return done if run.is_listed else f"{done} found so far"


def run_lines(run: RunStatus) -> Iterator[str]:
    """Show how far a run is, why parts of it failed, and the next step."""
    yield heading(run.run_id, run.state)
    shards = f"{run.shards_done:,} of {plural(run.shards, 'shard')}"
    files = f"{run.files_done:,} of {plural(run.files, work_unit(run.verb))}"
    jobs = [f"{job.job_id}: {_tasks(job.tasks)}" for job in run.jobs]
    yield from facts(
        [
            ("Data", run.data),
            ("Engine", run.engine),
            ("Begun", run.created_at),
            ("Done", f"{shards}, {files}, {_done(run)}"),
            ("Rate", f"{size_words(int(run.bytes_per_s))}/s" if run.bytes_per_s else None),
            ("Time left", _left(run)),
            ("Tasks", run.waiting or None),
            *[("Job", job) for job in jobs],
            ("Folder", run.folder),
            ("Next", worded(run.next_step) if run.next_step else None),
            ("Or remove it", worded(run.removal) if run.removal else None),
        ]
    )
    for failure in run.failures:
        place = " ".join(filter(None, (failure.host, failure.job)))
        at = f" ({place})" if place else ""
        yield f"[red]Shard {failure.shard}{escape(at)}: {escape(failure.message)}[/red]"
        yield from (f"    [dim]{escape(line)}[/dim]" for line in failure.log)
    if (more := run.failure_count - len(run.failures)) > 0:
        yield f"[dim]and {plural(more, 'more shard')} that failed[/dim]"


def _tasks(tasks: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {state}" for state, count in tasks.items())


def _left(run: RunStatus) -> str | None:
    return None if run.seconds_left is None else duration_words(run.seconds_left)
