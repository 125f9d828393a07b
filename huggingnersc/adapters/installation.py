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

_OF_DEVELOPERS = frozenset({"test", "dev"})
_TIMEOUT_S = 10.0


def installed_version(package: str) -> str | None:
    """Return the version of an installed package; None where it is not installed."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def own_version() -> str:
    """Return the version of HuggingNERSC; of a bare checkout the one it would be built as."""
    return installed_version("huggingnersc") or str(_project()["version"])


def packages_by_extra() -> dict[str, tuple[Package, ...]]:
    """Return the packages that are needed; under "" those of every command, else of an extra."""
    from packaging.requirements import Requirement

    found: dict[str, list[Package]] = {"": []}
    for extra, text in _requirements():
        if extra not in _OF_DEVELOPERS:
            found.setdefault(extra, []).append(_package(Requirement(text)))
    return {extra: tuple(packages) for extra, packages in found.items()}


def program_version(name: str, *words: str) -> tuple[bool, str] | None:
    """Return whether a program works and the first line it says; None where it is not on PATH."""
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
    said = (done.stdout or done.stderr).strip() or program
    return done.returncode == 0, said.splitlines()[0]


def _package(requirement: Requirement) -> Package:
    installed = installed_version(requirement.name)
    specifier = requirement.specifier
    fits = installed is not None and specifier.contains(installed, prereleases=True)
    return Package(requirement.name, str(specifier), installed, fits=fits)


def _requirements() -> Iterator[tuple[str, str]]:
    """Yield pairs of an extra (or nothing) and a requirement."""
    try:
        told = metadata.requires("huggingnersc") or []
    except metadata.PackageNotFoundError:
        project = _project()
        yield from (("", text) for text in project["dependencies"])
        for extra, texts in project["optional-dependencies"].items():
            yield from ((extra, text) for text in texts)
        return
    for text in told:
        requirement, _, marker = text.partition(";")
        yield marker.partition("extra ==")[2].strip(" '\""), requirement


def _project() -> dict[str, Any]:
    import tomllib

    try:
        project = asset("pyproject.toml")
    except InstallationError as error:
        raise InstallationError(
            "This copy of HuggingNERSC is neither installed nor a whole checkout.",
            hint="Install it: pip install .",
        ) from error
    content: dict[str, Any] = tomllib.loads(project.read_text(encoding="utf-8"))["project"]
    return content
