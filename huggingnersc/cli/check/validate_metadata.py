"""The command `validate-metadata`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from huggingnersc.cli.completion import complete_schema
from huggingnersc.cli.markup import escape
from huggingnersc.cli.options import JsonOption, QuietOption, SiteOption
from huggingnersc.cli.output import note, show
from huggingnersc.cli.program import worded
from huggingnersc.cli.progress import progress
from huggingnersc.domain.text.formatting import first_names, plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.check.validate_metadata import Validated

_MOST_NAMED = 5


def validate_metadata(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE", help="Metadata files.", show_default=False),
    ] = None,
    *,
    from_file: Annotated[
        Path | None,
        typer.Option(
            metavar="LIST",
            help="A file with the names of more, one a line or NUL-ended; - is stdin.",
        ),
    ] = None,
    schema: Annotated[
        str,
        typer.Option(
            metavar="NAME|FILE",
            help="The schema: default, wide, or a file.",
            show_default="the site's",
            autocompletion=complete_schema,
        ),
    ] = "",
    site: SiteOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Check metadata files against the site's schema.

    All problems of all files, each with its JSON path, what is allowed and the nearest valid
    value. Exit code 1 when there is one.

    Examples:
        huggingnersc validate-metadata iris_metadata.json
        # thousands of files
        find . -name '*_metadata.json' -print0 |
          huggingnersc validate-metadata --from-file -
    """
    from huggingnersc.api.check.validate_metadata import validate_metadata as validate

    if not files and from_file is None:
        raise typer.BadParameter("give at least one file, or --from-file", param_hint="FILE")
    with progress("Validating") as report:
        result = validate(
            files or (), from_file=from_file, schema=schema, site=site, on_progress=report
        )
    show(result, validated, as_json=json, quiet=quiet and result.valid, piped=tabbed)
    if result.hint:
        note(f"hint: {worded(result.hint)}", style="cyan")
    if not result.valid:
        raise typer.Exit(1)


def validated(result: Validated) -> Iterator[str]:
    """Show a line for each problem, then how many files are not valid; or that all are."""
    lines = list(problem_lines(result))
    yield from map(escape, lines)
    total, wrong = len(result.files), sum(bool(one.problems) for one in result.files)
    if wrong:
        yield f"[red]{wrong:,} of {total:,} not valid[/red]: {plural(len(lines), 'problem')}."
    yield from (f"[green]{escape(line)}[/green]" for line in valid_lines(result))


def tabbed(result: Validated) -> Iterator[tuple[str]]:
    """Yield a row of one value for each problem, or one that all files are valid."""
    return ((line,) for line in (*problem_lines(result), *valid_lines(result)))


def valid_lines(result: Validated) -> Iterator[str]:
    """Yield a line that names the files, where all are valid and there is one."""
    names = [one.file for one in result.files]
    if not result.valid or not names:
        return
    if len(names) == 1:
        yield f"{names[0]} is valid"
        return
    yield f"{len(names):,} files are valid: {first_names(names, _MOST_NAMED)}"


def problem_lines(result: Validated) -> Iterator[str]:
    """Yield a line for each problem: `file: $.json.path: what`."""
    for one in result.files:
        for problem in one.problems:
            yield ": ".join(filter(None, (one.file, problem.where, worded(problem.message))))
