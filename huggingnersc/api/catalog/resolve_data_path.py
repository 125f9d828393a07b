"""Where the data of a dataset is stored: as the steward says, or by the portal's rule."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from huggingnersc.adapters.files.path_status import is_file, unreachable_reason
from huggingnersc.adapters.source_files import nearest_words
from huggingnersc.domain.catalog import request_checks
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.domain.data_link import data_link_of_path, is_file_link, path_of_data_link
from huggingnersc.domain.site import link_without_path_words
from huggingnersc.errors import SettingsError
from huggingnersc.fixes import Message
from huggingnersc.problems import Problem
from huggingnersc.settings import expanded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.domain.catalog.request import Request
    from huggingnersc.domain.site import Site
    from huggingnersc.fixes import Text


def resolve_data_path(
    request: Request, site: Site
) -> tuple[PurePosixPath | None, tuple[Problem, ...], tuple[Text, ...]]:
    """Work out where the data is stored, from the data path or the portal link.

    Returns:
        The folder, or None where it cannot be known; the problems; the warnings.
    """
    if request_checks.link_problems(request.portal_link, site):
        return None, (), ()
    rule = site.profile.portal
    if rule and (meant := link_without_path_words(rule, request.portal_link)):
        message = f"{request.portal_link} repeats a part of the path; is {meant} meant?"
        return None, (Problem(Field.PORTAL_LINK, message),), ()
    served = path_of_data_link(site, request.portal_link)
    try:
        path = served if request.data_path is None else _absolute(request.data_path)
    except SettingsError as error:
        return None, _problem(str(error)), tuple(_link_warnings(request, site, served, None))
    warnings = tuple(_link_warnings(request, site, served, path))
    if path is None:
        return None, _problem("is needed: it does not follow from the portal link"), warnings
    if problems := request_checks.path_problems(path):
        return None, problems, warnings
    if is_file(path):
        return None, _problem(f"{path} is a file; give its folder"), warnings
    if reason := unreachable_reason(path):
        warnings = (*warnings, f"{path} {reason}{nearest_words(Path(path))}.")
    return path, (), warnings


def _absolute(path: Path) -> PurePosixPath:
    """Return an absolute path without `..`; links that no `..` follows stay as they are typed."""
    absolute = expanded(path).absolute()
    parts = absolute.parts
    if ".." not in parts:
        return PurePosixPath(absolute)
    cut = len(parts) - parts[::-1].index("..")
    return PurePosixPath(os.path.realpath(Path(*parts[:cut])), *parts[cut:])


def _problem(message: str) -> tuple[Problem, ...]:
    return (Problem(Field.DATA_PATH, message),)


def _link_warnings(
    request: Request, site: Site, served: PurePosixPath | None, path: PurePosixPath | None
) -> Iterator[Text]:
    rule = site.profile.portal
    if served is None:
        where = f" ({rule.url})" if rule else ""
        yield f"{request.portal_link} is not on the portal of {site.profile.title}{where}."
    elif path is not None and path != served and _must_agree(request, site):
        other = data_link_of_path(site, path)
        which = f"which is {other}" if other else "which the portal does not serve"
        yield Message(
            f"The portal link leads to {served}, but ",
            Field.DATA_PATH,
            f" is {path}, {which}.",
        )


def _must_agree(request: Request, site: Site) -> bool:
    """Return whether link and path must; an embedded site is a rehearsal, its portal elsewhere."""
    return is_file_link(request.portal_link) or not site.is_embedded
