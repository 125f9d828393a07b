"""The command `doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer
from rich.markup import escape

from huggingnersc.cli.options import JsonOption, QuietOption, SiteOption
from huggingnersc.cli.output import show
from huggingnersc.domain.doctor.diagnosis import Health

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.domain.doctor.diagnosis import Diagnosis


def doctor(
    *, site: SiteOption = None, json: JsonOption = False, quiet: QuietOption = False
) -> None:
    """Look whether everything that cataloging needs is here and works.

    The site and how it was chosen, its folders, the Hub, the token and its rights (the token is
    never shown), packages, programs. Changes nothing. Exits with 1 when something fails.

    Examples:
        huggingnersc doctor
    """
    from huggingnersc.api.doctor.doctor import doctor as examine

    diagnosis = examine(site=site)
    show(diagnosis, diagnosed, as_json=json, quiet=quiet and diagnosis.works)
    raise typer.Exit(code=0 if diagnosis.works else 1)


_STYLES = {Health.OK: "green", Health.WARN: "yellow", Health.FAIL: "bold red"}


def diagnosed(diagnosis: Diagnosis) -> Iterator[str]:
    """Yield a line for each thing that was looked at, and the next step below where one is due."""
    width = max(len(line.topic) for line in diagnosis.lines)
    for line in diagnosis.lines:
        mark = f"[{_STYLES[line.health]}]{line.health.value:<4}[/{_STYLES[line.health]}]"
        yield f"{mark}  {escape(f'{line.topic:<{width}}')}  {escape(line.message)}"
        if line.next_step:
            yield f"      {'':<{width}}  -> {escape(line.next_step)}"
