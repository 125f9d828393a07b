"""What `doctor` finds out about this machine, and the next step where something is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Health(StrEnum):
    """Whether something works here."""

    OK = "ok"
    WARN = "warn"  # works, or is needed for a part only
    FAIL = "fail"  # cataloging does not work


@dataclass(frozen=True, slots=True)
class DiagnosisLine:
    """One thing that was looked at.

    Attributes:
        topic: what it is, such as "token".
        message: how it is.
        next_step: what to do where it is not ok.
    """

    health: Health
    topic: str
    message: str
    next_step: str | None = None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Everything that was looked at, in the order of looking."""

    lines: tuple[DiagnosisLine, ...]

    @property
    def works(self) -> bool:
        """Whether nothing fails."""
        return all(line.health is not Health.FAIL for line in self.lines)


def ok(topic: str, message: str) -> DiagnosisLine:
    """Something that works."""
    return DiagnosisLine(Health.OK, topic, message)


def warn(topic: str, message: str, next_step: str) -> DiagnosisLine:
    """Something that is needed for a part only, or may surprise."""
    return DiagnosisLine(Health.WARN, topic, message, next_step)


def fail(topic: str, message: str, next_step: str | None) -> DiagnosisLine:
    """Something that keeps cataloging from working."""
    return DiagnosisLine(Health.FAIL, topic, message, next_step)


@dataclass(frozen=True, slots=True)
class Package:
    """A package that a part of the program needs.

    Attributes:
        wanted: the versions that fit, such as `>=2.4,<3`.
        installed: the version that is there, None without one.
        fits: whether it is there and of a fitting version.
    """

    name: str
    wanted: str
    installed: str | None
    fits: bool


def package_line(packages: Iterable[Package]) -> DiagnosisLine:
    """Judge the packages that every command needs."""
    packages = tuple(packages)
    if wrong := _wrong(packages):
        return fail("packages", wrong, "pip install --upgrade huggingnersc")
    return ok("packages", ", ".join(f"{one.name} {one.installed}" for one in packages))


def extra_line(extra: str, packages: Iterable[Package]) -> DiagnosisLine:
    """Judge the packages of an optional part; that its first one is missing is ok.

    The others may be there for another part.
    """
    packages, topic = tuple(packages), f"extra {extra}"
    command = f"pip install 'huggingnersc[{extra}]'"
    if packages[0].installed is None:
        return ok(topic, f"not installed, and only needed for some work ({command})")
    if wrong := _wrong(packages):
        return warn(topic, wrong, command)
    return ok(topic, ", ".join(f"{one.name} {one.installed}" for one in packages))


def _wrong(packages: tuple[Package, ...]) -> str:
    return "; ".join(
        f"{one.name} {one.wanted} is needed, {one.installed or 'none'} is installed"
        for one in packages
        if not one.fits
    )
