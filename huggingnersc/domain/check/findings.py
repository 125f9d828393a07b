"""What a check found, and what would fix it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from huggingnersc.fixes import Command, Text


class Level(StrEnum):
    """How much it matters."""

    PROBLEM = "problem"  # a visitor meets it
    WARNING = "warning"  # someone should look
    NOTE = "note"  # good to know; all is well with it
    UNCHECKED = "not checked"  # it could not be looked at from here


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found.

    Attributes:
        about: the part it is about: record, metadata, catalog, data, portal, loader, Hub.
        message: what is so, naming the thing.
        fixes: the exact commands that would fix it, to be typed by a person.
        diff: a unified diff, where contents differ.
    """

    level: Level
    about: str
    message: Text
    fixes: tuple[Command, ...] = ()
    diff: str | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A dataset and what was found."""

    nickname: str
    findings: tuple[Finding, ...]

    @property
    def is_well(self) -> bool:
        """Whether there is neither a problem nor a warning."""
        return all(f.level in {Level.NOTE, Level.UNCHECKED} for f in self.findings)


def problem(about: str, message: Text, *fixes: Command) -> Finding:
    """A finding that a visitor meets."""
    return Finding(Level.PROBLEM, about, message, fixes)


def warning(about: str, message: Text, *fixes: Command, diff: str | None = None) -> Finding:
    """A finding that someone should look at."""
    return Finding(Level.WARNING, about, message, fixes, diff)


def note(about: str, message: Text) -> Finding:
    """Something good to know."""
    return Finding(Level.NOTE, about, message)


def unchecked(about: str, message: Text) -> Finding:
    """Something that could not be looked at."""
    return Finding(Level.UNCHECKED, about, message)
