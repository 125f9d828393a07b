"""The results of `doctor`: the state of each thing it checks, and the next step where needed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from huggingnersc.fixes import Text


class Health(StrEnum):
    """The result of one check."""

    OK = "ok"
    WARN = "warn"  # works, or only an optional part needs it
    FAIL = "fail"  # cataloging does not work


@dataclass(frozen=True, slots=True)
class DiagnosisLine:
    """The result of checking one thing.

    Attributes:
        topic: what was checked, such as "token".
        message: its state.
        next_step: what to do when it is not ok.
    """

    health: Health
    topic: str
    message: str
    next_step: Text | None = None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The results of all checks, in order."""

    lines: tuple[DiagnosisLine, ...]

    @property
    def works(self) -> bool:
        """Whether nothing fails."""
        return all(line.health is not Health.FAIL for line in self.lines)


def ok(topic: str, message: str) -> DiagnosisLine:
    """Return the result for something that works."""
    return DiagnosisLine(Health.OK, topic, message)


def warn(topic: str, message: str, next_step: str) -> DiagnosisLine:
    """Return the result for an optional part that does not work, or a likely mistake."""
    return DiagnosisLine(Health.WARN, topic, message, next_step)


def fail(topic: str, message: str, next_step: Text | None) -> DiagnosisLine:
    """Return the result for something that prevents cataloging."""
    return DiagnosisLine(Health.FAIL, topic, message, next_step)


@dataclass(frozen=True, slots=True)
class Package:
    """A package that a part of the program requires.

    Attributes:
        required: the versions that are accepted, such as `>=2.4,<3`.
        installed: the installed version; None when it is not installed.
        is_satisfied: whether an accepted version is installed.
    """

    name: str
    required: str
    installed: str | None
    is_satisfied: bool


def package_line(packages: Iterable[Package]) -> DiagnosisLine:
    """Return the result for the packages that every command requires."""
    packages = tuple(packages)
    if unsatisfied := _unsatisfied(packages):
        return fail("packages", unsatisfied, "pip install --upgrade huggingnersc")
    return ok("packages", _versions(packages))


_PURPOSES = {  # of extras that commands use
    "data": "init-dataset and the statistics of versions then describe no contents of data files",
    "s3": "packs are then not uploaded to buckets (s3://)",
}


def extra_line(extra: str, packages: Iterable[Package]) -> DiagnosisLine:
    """Return the result for the packages of an extra; it is ok when the first is not installed.

    The other packages may be installed for another extra.
    """
    packages, topic = tuple(packages), f"extra {extra}"
    command = f"pip install 'huggingnersc[{extra}]'"
    if packages[0].installed is None:
        purpose = f": {_PURPOSES[extra]}" if extra in _PURPOSES else ""
        return ok(topic, f"not installed; optional{purpose} ({command})")
    if unsatisfied := _unsatisfied(packages):
        return warn(topic, unsatisfied, command)
    return ok(topic, _versions(packages))


def _versions(packages: tuple[Package, ...]) -> str:
    return ", ".join(f"{package.name} {package.installed}" for package in packages)


def _unsatisfied(packages: tuple[Package, ...]) -> str:
    return "; ".join(
        f"{package.name} {package.required} is required, "
        f"{package.installed or 'none'} is installed"
        for package in packages
        if not package.is_satisfied
    )
