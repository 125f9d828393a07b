"""The command `doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from huggingnersc.cli.markup import escape
from huggingnersc.cli.options import EndpointOption, JsonOption, QuietOption, SiteOption, site_at
from huggingnersc.cli.output import show
from huggingnersc.cli.program import worded
from huggingnersc.domain.doctor.diagnosis import Health

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.domain.doctor.diagnosis import Diagnosis


def doctor(
    *,
    bucket: Annotated[
        str | None,
        typer.Option("--bucket", metavar="s3://BUCKET/FOLDER", help="Check a bucket too."),
    ] = None,
    write: Annotated[
        bool,
        typer.Option("--write", help="Try to write to the bucket; the object is deleted again."),
    ] = False,
    site: SiteOption = None,
    endpoint: EndpointOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Check that everything cataloging needs is available and works.

    Checks the site and how it was chosen, its folders, the Hub, the token's rights (the token is
    never shown), packages, and programs. Changes nothing. Exits with 1 when a check fails.

    Examples:
        huggingnersc doctor
        huggingnersc doctor --bucket s3://my-bucket/digits --write
    """
    from huggingnersc.api.doctor.doctor import doctor as diagnose

    diagnosis = diagnose(bucket=bucket, write=write, site=site_at(site, endpoint))
    show(diagnosis, diagnosis_lines, as_json=json, quiet=quiet and diagnosis.works)
    raise typer.Exit(code=0 if diagnosis.works else 1)


_STYLES = {Health.OK: "green", Health.WARN: "yellow", Health.FAIL: "bold red"}


def diagnosis_lines(diagnosis: Diagnosis) -> Iterator[str]:
    """Yield a line for each check, followed by the next step if there is one."""
    width = max(len(line.topic) for line in diagnosis.lines)
    for line in diagnosis.lines:
        mark = f"[{_STYLES[line.health]}]{line.health.value:<4}[/{_STYLES[line.health]}]"
        yield f"{mark}  {escape(f'{line.topic:<{width}}')}  {escape(line.message)}"
        if line.next_step:
            yield f"      {'':<{width}}  -> {escape(worded(line.next_step))}"
