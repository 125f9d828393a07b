"""The command `check-dataset`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from huggingnersc.cli.markup import escape
from huggingnersc.cli.options import EndpointOption, JsonOption, SiteOption, site_at
from huggingnersc.cli.output import show
from huggingnersc.cli.program import worded
from huggingnersc.domain.check.findings import Level
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
    there is a problem or a warning.

    Examples:
        huggingnersc check-dataset iris --probe
        # every night, from cron: silent when all is well
        huggingnersc check-dataset --all --quiet
    """
    from huggingnersc.api.check.check_dataset import check_dataset as check

    if all_datasets == (nickname is not None):
        raise typer.BadParameter("give either a NICKNAME or --all", param_hint="NICKNAME")
    result = check(nickname, probe=probe, site=site_at(site, endpoint))
    view = checked_all if all_datasets else checked_one
    show(result, view, as_json=json, quiet=quiet and result.all_is_well)
    raise typer.Exit(code=0 if result.all_is_well else 1)


_STYLES = {
    Level.PROBLEM: "bold red",
    Level.WARNING: "yellow",
    Level.NOTE: "cyan",
    Level.UNCHECKED: "dim",
}
_ORDER = tuple(_STYLES)


def checked_one(result: Checks) -> Iterator[str]:
    """Show every finding of a dataset, the worst first, with what would fix it."""
    for dataset in result.datasets:
        yield f"[bold]{escape(dataset.nickname)}[/bold]: {_summary(dataset)}"
        for finding in sorted(dataset.findings, key=lambda found: _ORDER.index(found.level)):
            yield from _lines(finding)


def checked_all(result: Checks) -> Iterator[str]:
    """Show one line for each dataset with a problem or warning, and how many are well."""
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
    for line in (finding.diff or "").splitlines():
        yield f"      [dim]{escape(line)}[/dim]"
