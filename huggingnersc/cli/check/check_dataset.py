"""The command `check-dataset`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from huggingnersc.cli.facts import facts
from huggingnersc.cli.markup import escape
from huggingnersc.cli.options import (
    EndpointOption,
    JsonOption,
    SiteOption,
    YesOption,
    site_at,
)
from huggingnersc.cli.output import show
from huggingnersc.cli.program import worded
from huggingnersc.domain.check.findings import Level
from huggingnersc.domain.check.loader_run import MEMORY_GB, TIMEOUT_S, RunLimits
from huggingnersc.domain.text.formatting import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.check.check_dataset import Checks
    from huggingnersc.domain.check.findings import Checked, Finding


def check_dataset(
    nickname: Annotated[
        str | None, typer.Argument(metavar="NICKNAME", help="The dataset.", show_default=False)
    ] = None,
    *,
    all_datasets: Annotated[
        bool, typer.Option("--all", help="Check all datasets; one line for each with findings.")
    ] = False,
    probe: Annotated[
        bool, typer.Option("--probe", help="Also check that the portal link works.")
    ] = False,
    run: Annotated[
        bool,
        typer.Option(
            "--run", help="Also run the loader, and the script of the version; asks first."
        ),
    ] = False,
    timeout: Annotated[
        float | None,
        typer.Option(
            "--timeout",
            metavar="SECONDS",
            min=0.1,
            help="With --run: end the loader after this time.",
            show_default="60",
        ),
    ] = None,
    memory: Annotated[
        float | None,
        typer.Option(
            "--memory",
            metavar="GB",
            min=0.01,
            help="With --run: end the loader when it needs more memory.",
            show_default="8",
        ),
    ] = None,
    yes: YesOption = False,
    site: SiteOption = None,
    endpoint: EndpointOption = None,
    json: JsonOption = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print nothing when all is well.")
    ] = False,
) -> None:
    """Check everything that a visitor of a dataset depends on.

    Metadata, catalog folder, data and its permissions, portal link, loader, and the repository.
    Prints the commands that would fix what it finds, and changes nothing. Exits with 1 when
    there is a problem or a warning. With --run the loader, and the script that loads the latest
    version, run in a temporary folder, without your tokens, and the first example is shown.

    Examples:
        huggingnersc check-dataset iris --probe
        huggingnersc check-dataset iris --run --timeout 300
        # every night, from cron: silent when all is well
        huggingnersc check-dataset --all --quiet
    """
    from huggingnersc.api.check.check_dataset import check_dataset as check
    from huggingnersc.api.check.check_dataset import plan_check
    from huggingnersc.cli.confirm import confirm

    limits = _run_limits(nickname, timeout, memory, is_all=all_datasets, is_run=run)
    chosen = site_at(site, endpoint)
    if nickname is not None and limits is not None:
        pending = plan_check(nickname, probe=probe, limits=limits, site=chosen)
        confirm(pending, planned_run, "Run it? [y/N]", yes=yes, as_json=json)
        result = pending.apply()
    else:
        result = check(nickname, probe=probe, site=chosen)
    view = checked_all if all_datasets else checked_one
    show(result, view, as_json=json, quiet=quiet and result.all_is_well)
    raise typer.Exit(code=0 if result.all_is_well else 1)


def _run_limits(
    nickname: str | None,
    timeout_s: float | None,
    memory_gb: float | None,
    *,
    is_all: bool,
    is_run: bool,
) -> RunLimits | None:
    """Return the limits of a run; None where no loader is run.

    Raises:
        BadParameter: the options exclude each other.
    """
    if is_all == (nickname is not None):
        raise typer.BadParameter("give either a NICKNAME or --all", param_hint="NICKNAME")
    if is_all and is_run:
        reason = "runs the loader of one NICKNAME; with --all it could be anyone's"
        raise typer.BadParameter(reason, param_hint="--run")
    if not is_run and (timeout_s, memory_gb) != (None, None):
        raise typer.BadParameter("needs --run", param_hint="--timeout or --memory")
    return RunLimits(timeout_s or TIMEOUT_S, memory_gb or MEMORY_GB) if is_run else None


_STYLES = {
    Level.PROBLEM: "bold red",
    Level.WARNING: "yellow",
    Level.NOTE: "cyan",
    Level.UNCHECKED: "dim",
}
_ORDER = tuple(_STYLES)
_MOST_NAMED = 5


def planned_run(result: Checks) -> Iterator[str]:
    """Show what running a loader means, before it is agreed to."""
    run = result.run
    if run is None:
        return
    said = "this code would run with your rights; nothing was run yet"
    yield f"[bold]{escape(run.nickname)}[/bold]: {said}"
    limits = f"{run.limits.timeout_s:g} seconds, {run.limits.memory_gb:g} GB of memory"
    yield from facts(
        [
            ("Command", run.command or None),
            ("Then", f"{run.call}, in Python" if run.call else None),
            ("Script", run.script or None),
            ("Files", ", ".join(run.files)),
            ("From", f"{run.record}, last written by {run.owner}"),
            ("Limits", f"{limits}; a temporary folder; no token of yours"),
        ]
    )


def checked_one(result: Checks) -> Iterator[str]:
    """Show every finding of a dataset, the worst first, with what would fix it."""
    for dataset in result.datasets:
        yield f"[bold]{escape(dataset.nickname)}[/bold]: {_summary(dataset)}"
        for finding in sorted(dataset.findings, key=lambda found: _ORDER.index(found.level)):
            yield from _lines(finding)


def checked_all(result: Checks) -> Iterator[str]:
    """Show a line for each dataset with a problem or warning, and how many are well."""
    flagged = [dataset for dataset in result.datasets if not dataset.is_well]
    for dataset in flagged:
        messages = "; ".join(
            worded(finding.message)
            for level in (Level.PROBLEM, Level.WARNING)
            for finding in dataset.findings
            if finding.level is level
        )
        yield f"[bold]{escape(dataset.nickname)}[/bold]: {_summary(dataset)}: {escape(messages)}"
    count = len(result.datasets)
    yield f"{plural(count, 'dataset')} checked, {count - len(flagged)} well."
    partly = [one.nickname for one in result.datasets if one.is_well and one.is_partly_checked]
    if partly:
        shown = ", ".join(partly[:_MOST_NAMED]) + ", ..." * (len(partly) > _MOST_NAMED)
        yield f"Not everything could be checked of {escape(shown)}"


def _summary(dataset: Checked) -> str:
    counts = Counter(finding.level for finding in dataset.findings)
    words = [
        plural(counts[level], level.value)
        for level in (Level.PROBLEM, Level.WARNING)
        if counts[level]
    ]
    return ", ".join(words) or "all is well, as far as it could be checked"


def _lines(finding: Finding) -> Iterator[str]:
    style = _STYLES[finding.level]
    message = escape(worded(finding.message))
    yield f"  [{style}]{finding.level.value}[/{style}] {escape(finding.about)}: {message}"
    for fix in finding.fixes:
        yield f"      {escape(worded(fix))}"
    for line in (finding.diff or finding.excerpt or "").splitlines():
        yield f"      [dim]{escape(line)}[/dim]"
