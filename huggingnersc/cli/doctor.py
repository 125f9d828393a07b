"""The command `doctor`."""

from __future__ import annotations

import typer

from huggingnersc.cli.options import JsonOption, QuietOption, SiteOption
from huggingnersc.cli.output import show


def doctor(
    *, site: SiteOption = None, json: JsonOption = False, quiet: QuietOption = False
) -> None:
    """Look whether everything that cataloging needs is here and works.

    The site and how it was chosen, its folders, the Hub, the token and its rights (the token is
    never shown), packages, programs. Changes nothing. Exits with 1 when something fails.

    Examples:
        huggingnersc doctor
    """
    from huggingnersc.api.doctor import doctor as examine
    from huggingnersc.cli.views.diagnosed import diagnosed

    diagnosis = examine(site=site)
    show(diagnosis, diagnosed, as_json=json, quiet=quiet and diagnosis.works)
    raise typer.Exit(code=0 if diagnosis.works else 1)
