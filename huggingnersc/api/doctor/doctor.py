"""Look whether everything that cataloging needs is here and works."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from huggingnersc.adapters.installation import own_version, packages_by_extra, program_version
from huggingnersc.api.doctor.folder_lines import place_lines
from huggingnersc.api.doctor.hub_lines import hub_lines
from huggingnersc.api.site import resolve_site
from huggingnersc.domain.doctor.diagnosis import (
    Diagnosis,
    DiagnosisLine,
    extra_line,
    fail,
    ok,
    package_line,
    warn,
)
from huggingnersc.errors import InstallationError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.domain.site import Site

_PROGRAMS = (
    ("git", ("--version",), "git", "Install git; it is needed to clone repositories."),
    ("git-lfs", ("--version",), "git-lfs", "Install git-lfs; git needs it for large files."),
    ("bash", ("--version",), "bash", "Install bash; batch scripts are checked with it."),
    ("sbatch", ("--version",), "Slurm", "Log in to a machine with Slurm to submit batch scripts."),
)


def doctor(*, site: Site | str | None = None) -> Diagnosis:
    """Look at the site, its folders, the Hub, the token's rights, packages and programs.

    Nothing is changed, and the token is never shown. One thing that is wrong keeps nothing else
    from being looked at.

    Args:
        site: the site, its name or its TOML file; chosen by the environment when None.
    """
    return Diagnosis(tuple(_lines(site)))


def _lines(site: Site | str | None) -> Iterator[DiagnosisLine]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield ok("Python", f"{version}, {sys.executable}")
    yield from _package_lines()
    try:
        chosen = resolve_site(site)
    except SettingsError as error:
        chosen = None
        yield fail("site", str(error), error.hint)
    if chosen is not None:
        yield from place_lines(chosen)
    yield from hub_lines(chosen)
    yield from _program_lines()


def _package_lines() -> Iterator[DiagnosisLine]:
    try:
        yield ok("HuggingNERSC", own_version())
        packages = packages_by_extra()
    except InstallationError as error:
        yield fail("HuggingNERSC", str(error), error.hint)
        return
    yield package_line(packages.pop(""))
    yield from (extra_line(extra, needed) for extra, needed in sorted(packages.items()))


def _program_lines() -> Iterator[DiagnosisLine]:
    for program, words, topic, step in _PROGRAMS:
        found = program_version(program, *words)
        if found is None:
            yield warn(topic, f"{program} is not on PATH", step)
            continue
        works, said = found
        yield ok(topic, said) if works else warn(topic, f"{program} fails: {said}", step)
