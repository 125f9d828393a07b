"""How the findings of a check are shown."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.markup import escape

from huggingnersc.domain.checking.findings import Level
from huggingnersc.domain.phrases import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.check_dataset import Checks
    from huggingnersc.domain.checking.findings import Checked, Finding

_STYLES = {
    Level.PROBLEM: "bold red",
    Level.WARNING: "yellow",
    Level.NOTE: "cyan",
    Level.UNCHECKED: "dim",
}
_ORDER = tuple(_STYLES)


def checked_one(result: Checks) -> Iterator[str]:
    """Show every finding of a dataset, the worst first, with what would mend it."""
    for dataset in result.datasets:
        yield f"[bold]{escape(dataset.nickname)}[/bold]: {_summary(dataset)}"
        for finding in sorted(dataset.findings, key=lambda found: _ORDER.index(found.level)):
            yield from _lines(finding)


def checked_all(result: Checks) -> Iterator[str]:
    """Show one line for each dataset with a problem or warning, and how many are well."""
    ill = [dataset for dataset in result.datasets if not dataset.is_well]
    for dataset in ill:
        said = "; ".join(
            finding.message
            for level in (Level.PROBLEM, Level.WARNING)
            for finding in dataset.findings
            if finding.level is level
        )
        yield f"[bold]{escape(dataset.nickname)}[/bold]: {_summary(dataset)}: {escape(said)}"
    count = len(result.datasets)
    yield f"{plural(count, 'dataset')} checked, {count - len(ill)} well."


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
    yield f"  [{style}]{finding.level.value}[/{style}] {finding.about}: {escape(finding.message)}"
    for command in finding.mend:
        yield f"      {escape(command)}"
    for line in (finding.diff or "").splitlines():
        yield f"      [dim]{escape(line)}[/dim]"
