"""The command `cancel-run`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from huggingnersc.cli.facts import facts, heading
from huggingnersc.cli.options import JsonOption, QuietOption, RunArgument, SiteOption
from huggingnersc.cli.output import show
from huggingnersc.cli.program import worded
from huggingnersc.fixes import Fix, Option, Verb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.runs.cancel_run import CancelledRun


def cancel_run(
    run: RunArgument,
    *,
    delete: Annotated[
        bool, typer.Option("--delete", help="Remove the run, with all that is done.")
    ] = False,
    site: SiteOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Cancel the jobs of a run; what is done is kept.

    Work on this machine ends with Ctrl-C in its own terminal. The data is never touched.

    Examples:
        huggingnersc cancel-run snapshot-iris-1a2b3c4d
        huggingnersc cancel-run snapshot-iris-1a2b3c4d --delete
    """
    from huggingnersc.api.runs.cancel_run import cancel_run as cancel

    show(cancel(run, delete=delete, site=site), cancelled, as_json=json, quiet=quiet)


_SAID = {
    "cancelled": "is canceled; what is done is kept",
    "unchanged": "has no jobs; nothing to cancel",
    "deleted": "is removed",
}


def cancelled(result: CancelledRun) -> Iterator[str]:
    """Say what was done to the run, and how it is completed."""
    yield heading(result.run_id, _SAID[result.outcome.value])
    is_kept = result.outcome != "deleted"
    yield from facts(
        [
            ("Jobs", ", ".join(result.jobs) or None),
            ("Folder", result.folder if is_kept else None),
            ("Complete it", worded(Fix(Verb.RESUME_RUN, (result.run_id,))) if is_kept else None),
            ("Or remove it", worded(_removal(result)) if is_kept else None),
        ]
    )


def _removal(result: CancelledRun) -> Fix:
    return Fix(Verb.CANCEL_RUN, (result.run_id,), (Option("delete"),))
