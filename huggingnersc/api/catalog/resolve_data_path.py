"""Where the data of a dataset lies, as the steward tells it and as the portal's rule does."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from huggingnersc.adapters.files.path_status import is_file, unreachable_reason
from huggingnersc.adapters.source_files import nearest_words
from huggingnersc.domain.catalog import request_checks
from huggingnersc.domain.site import link_of_path, path_of_link
from huggingnersc.errors import SettingsError
from huggingnersc.problems import Problem
from huggingnersc.settings import expanded

if TYPE_CHECKING:
    from huggingnersc.domain.catalog.request import Request
    from huggingnersc.domain.site import Site


def resolve_data_path(
    request: Request, site: Site
) -> tuple[PurePosixPath | None, tuple[Problem, ...], tuple[str, ...]]:
    """Work out where the data lies, by --data-path or the portal link.

    Returns:
        The folder, or None where that cannot be told; the problems; the warnings.
    """
    if request_checks.link_problems(request.portal_link):
        return None, (), ()
    rule = site.profile.portal
    served = path_of_link(rule, request.portal_link) if rule else None
    warnings = []
    if served is None:
        warnings.append(
            f"{request.portal_link} is not on the portal of {site.profile.title}"
            f"{f' ({rule.url})' if rule else ''}."
        )
    if request.data_path is None:
        if served is None:
            message = "is needed: the portal link does not tell where the data lies"
            return None, (Problem("--data-path", message),), tuple(warnings)
        path = served
    else:
        try:
            path = PurePosixPath(expanded(request.data_path).absolute())
        except SettingsError as error:
            return None, (Problem("--data-path", str(error)),), tuple(warnings)
        disagrees = served is not None and path != served and not site.is_embedded
        if disagrees and rule:  # an embedded site is a rehearsal: the portal is elsewhere
            other = link_of_path(rule, path)
            warnings.append(
                f"The portal link leads to {served}, but --data-path says {path}"
                f"{f', which is {other}' if other else ', which the portal does not serve'}."
            )
    if not str(path).isprintable():
        return None, (Problem("--data-path", "holds control characters"),), tuple(warnings)
    if is_file(path):
        return (
            None,
            (Problem("--data-path", f"{path} is a file; give its folder"),),
            tuple(warnings),
        )
    if reason := unreachable_reason(path):
        warnings.append(f"{path} {reason}{nearest_words(Path(path))}.")
    return path, (), tuple(warnings)
