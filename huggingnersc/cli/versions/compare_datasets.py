"""The command `compare-datasets`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from huggingnersc.cli.completion import complete_version
from huggingnersc.cli.options import (
    EngineOption,
    JobsOption,
    JsonOption,
    QuietOption,
    SiteOption,
)
from huggingnersc.cli.output import show
from huggingnersc.domain.engine_name import EngineName
from huggingnersc.fixes import Verb

if TYPE_CHECKING:
    from huggingnersc.api.versions.compare_datasets import Compared

_WORDS = "A version such as iris@v1, a nickname, or a folder (with a slash)."


def compare_datasets(
    before: Annotated[
        str,
        typer.Argument(
            metavar="A", help=_WORDS, show_default=False, autocompletion=complete_version
        ),
    ],
    after: Annotated[
        str | None,
        typer.Argument(
            metavar="B", help="The same.", show_default=False, autocompletion=complete_version
        ),
    ] = None,
    *,
    live: Annotated[
        bool, typer.Option("--live", help="Take the data of B, or else of A, as it is now.")
    ] = False,
    engine: EngineOption = EngineName.LOCAL,
    jobs: JobsOption = None,
    site: SiteOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show how two versions, datasets or folders differ.

    Files that were added, removed, modified (other content) or renamed (the same content
    elsewhere), the largest changes first, and what changed of the columns and their values. A
    nickname means its current version. Exits with 1 when anything differs but times; --json has
    every file.

    Examples:
        huggingnersc compare-datasets iris@v1 iris@v2
        # what changed since the current version?
        huggingnersc compare-datasets iris --live
        huggingnersc compare-datasets ./run-1 ./run-2
        huggingnersc compare-datasets iris@v1 iris@v2 --json | jq .changes
    """
    from huggingnersc.api.versions.compare_datasets import compare_datasets as compare
    from huggingnersc.cli.left_to_slurm import left_to_slurm
    from huggingnersc.cli.work_progress import work_progress

    if after is None and not live:
        raise typer.BadParameter("name B, or give --live", param_hint="B")
    with left_to_slurm(as_json=json, quiet=quiet), work_progress(Verb.COMPARE_DATASETS) as report:
        result = compare(
            before,
            after,
            live=live,
            engine=engine,
            jobs=jobs,
            site=site,
            on_progress=report,
        )
    show_compared(result, as_json=json, quiet=quiet)


def show_compared(result: Compared, *, as_json: bool, quiet: bool) -> None:
    """Show a comparison and exit with its code."""
    from huggingnersc.cli.versions.comparison_view import compared, comparison_json

    show(result, compared, as_json=as_json, quiet=quiet, json_of=comparison_json)
    raise typer.Exit(code=1 if result.differs else 0)
