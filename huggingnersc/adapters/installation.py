"""The packages and programs installed on this machine."""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING, Any

from huggingnersc.assets import asset
from huggingnersc.domain.doctor.diagnosis import Package
from huggingnersc.errors import InstallationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.requirements import Requirement

_DEVELOPER_EXTRAS = frozenset({"test", "dev", "s3-server", "examples"})
_TIMEOUT_S = 10.0


def installed_version(package: str) -> str | None:
    """Return the version of an installed package; None when it is not installed."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def own_version() -> str:
    """Return the version of HuggingNERSC; from pyproject.toml in a checkout without install."""
    return installed_version("huggingnersc") or str(_project()["version"])


def packages_by_extra() -> dict[str, tuple[Package, ...]]:
    """Return the required packages of each extra; those that every command needs under ""."""
    from packaging.requirements import Requirement

    found: dict[str, list[Package]] = {"": []}
    for extra, text in _requirements():
        if extra not in _DEVELOPER_EXTRAS:
            found.setdefault(extra, []).append(_package(Requirement(text)))
    return {extra: tuple(packages) for extra, packages in found.items()}


def program_version(name: str, *words: str) -> tuple[bool, str] | None:
    """Return whether a program works and the first line it prints; None if it is not on PATH."""
    import shutil
    import subprocess

    program = shutil.which(name)
    if program is None:
        return None
    try:
        done = subprocess.run(
            [program, *words], capture_output=True, text=True, check=False, timeout=_TIMEOUT_S
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return False, f"{program} does not answer ({type(error).__name__})"
    output = (done.stdout or done.stderr).strip() or program
    return done.returncode == 0, output.splitlines()[0]


def _package(requirement: Requirement) -> Package:
    installed = installed_version(requirement.name)
    specifier = requirement.specifier
    is_satisfied = installed is not None and specifier.contains(installed, prereleases=True)
    return Package(requirement.name, str(specifier), installed, is_satisfied=is_satisfied)


def _requirements() -> Iterator[tuple[str, str]]:
    """Yield pairs of an extra (or "") and a requirement.

    Those of a checkout are in its pyproject.toml; what is known of an editable installation is as
    old as that, and may lack packages.
    """
    try:
        project = _project()
    except InstallationError:
        texts = metadata.requires("huggingnersc") or []
    else:
        yield from (("", text) for text in project["dependencies"])
        for extra, of_extra in project["optional-dependencies"].items():
            yield from ((extra, text) for text in of_extra)
        return
    for text in texts:
        requirement, _, marker = text.partition(";")
        yield marker.partition("extra ==")[2].strip(" '\""), requirement


def _project() -> dict[str, Any]:
    import tomllib

    try:
        project = asset("pyproject.toml")
    except InstallationError as error:
        raise InstallationError(
            "This copy of HuggingNERSC is neither installed nor a complete checkout.",
            hint="Install it: pip install .",
        ) from error
    content: dict[str, Any] = tomllib.loads(project.read_text(encoding="utf-8"))["project"]
    return content
