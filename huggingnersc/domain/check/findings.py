"""What a check found, and the commands that would fix it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from huggingnersc.fixes import Command, Text


class Level(StrEnum):
    """The severity of a finding."""

    PROBLEM = "problem"  # it affects visitors
    WARNING = "warning"  # someone should review it
    NOTE = "note"  # for information; nothing is wrong
    UNCHECKED = "not checked"  # it could not be checked on this machine


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found.

    Attributes:
        about: the part it is about: record, metadata, catalog, data, portal, loader, scripts, Hub.
        message: what was found, naming the thing.
        fixes: the exact commands that would fix it, to be typed by a person.
        diff: a unified diff, where contents differ.
        excerpt: lines that a program printed.
    """

    level: Level
    about: str
    message: Text
    fixes: tuple[Command, ...] = ()
    diff: str | None = None
    excerpt: str | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A dataset and its findings."""

    nickname: str
    findings: tuple[Finding, ...]

    @property
    def is_well(self) -> bool:
        """Whether there is neither a problem nor a warning."""
        return all(f.level in {Level.NOTE, Level.UNCHECKED} for f in self.findings)

    @property
    def is_partly_checked(self) -> bool:
        """Whether there is something that could not be checked."""
        return any(f.level is Level.UNCHECKED for f in self.findings)


def problem(about: str, message: Text, *fixes: Command) -> Finding:
    """Return a finding that affects visitors."""
    return Finding(Level.PROBLEM, about, message, fixes)


def warning(about: str, message: Text, *fixes: Command, diff: str | None = None) -> Finding:
    """Return a finding that someone should review."""
    return Finding(Level.WARNING, about, message, fixes, diff)


def note(about: str, message: Text) -> Finding:
    """Return a finding for information."""
    return Finding(Level.NOTE, about, message)


def unchecked(about: str, message: Text) -> Finding:
    """Return a finding about something that could not be checked."""
    return Finding(Level.UNCHECKED, about, message)
