"""How the result of validating metadata is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from huggingnersc.domain.phrases import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.validate_metadata import Validated


def validated(result: Validated) -> Iterator[str]:
    """Show a line for each problem, then how many files are valid."""
    if lines := list(problem_lines(result)):
        yield escape("\n".join(lines))
    total, wrong = len(result.files), sum(bool(one.problems) for one in result.files)
    if wrong:
        yield f"[red]{wrong:,} of {total:,} not valid[/red]: {plural(len(lines), 'problem')}."
    else:
        yield f"[green]{total:,} valid[/green]"


def problem_lines(result: Validated) -> Iterator[str]:
    """Give a line for each problem: `file: $.json.path: what`."""
    for one in result.files:
        for problem in one.problems:
            yield ": ".join(filter(None, (one.file, problem.where, problem.message)))
