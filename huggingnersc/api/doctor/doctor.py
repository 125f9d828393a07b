"""The checks of everything that cataloging needs on this machine."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from huggingnersc.adapters.installation import own_version, packages_by_extra, program_version
from huggingnersc.api.doctor.bucket_lines import bucket_lines
from huggingnersc.api.doctor.folder_lines import folder_lines
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
    ("git", "git", "Install git; cloning repositories requires it."),
    ("git-lfs", "git-lfs", "Install git-lfs; git requires it for large files."),
    ("bash", "bash", "Install bash; it checks the syntax of batch scripts."),
    ("sbatch", "Slurm", "Log in to a machine with Slurm to submit batch scripts."),
)


def doctor(
    *, bucket: str | None = None, write: bool = False, site: Site | str | None = None
) -> Diagnosis:
    """Check the site, its folders, the Hub, the token's rights, packages and programs.

    Changes nothing and never shows the token. Every check runs, whatever the others find.

    Args:
        bucket: the address of a bucket to check too, such as `s3://my-bucket/digits`.
        write: whether to try to write there, with an object that is deleted again.
        site: the site, its name or its TOML file; None to choose it as the CLI does.
    """
    return Diagnosis((*_lines(site), *bucket_lines(bucket, write=write)))


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
        yield from folder_lines(chosen)
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
    yield from (extra_line(extra, required) for extra, required in sorted(packages.items()))


def _program_lines() -> Iterator[DiagnosisLine]:
    for program, topic, step in _PROGRAMS:
        found = program_version(program, "--version")
        if found is None:
            yield warn(topic, f"{program} is not on PATH", step)
            continue
        works, output = found
        yield ok(topic, output) if works else warn(topic, f"{program} fails: {output}", step)
