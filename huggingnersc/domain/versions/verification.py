"""What a verification finds: how the data is no longer that of a version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.domain.text.formatting import plural
from huggingnersc.domain.versions.comparison import DifferenceKind
from huggingnersc.domain.versions.inventory_mode import Mode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from huggingnersc.domain.versions.comparison import FileDifference

# What a difference from the version is called.
FINDINGS = {
    DifferenceKind.REMOVED: "missing",
    DifferenceKind.ADDED: "extra",
    DifferenceKind.MODIFIED: "changed",
    DifferenceKind.NOT_READ: "changed",  # size or time differ, and it was not to be read
    DifferenceKind.RENAMED: "moved",
    DifferenceKind.UNREADABLE: "unreadable",
}
_WITHOUT_READING = {Mode.QUICK, Mode.SAMPLE}


def is_finding(difference: FileDifference, mode: Mode) -> bool:
    """Return whether a difference means that the data is not that of the version.

    Another time alone does not where the content was read; nor does a file that was not readable
    when the version was made.
    """
    if difference.kind is DifferenceKind.NOT_READ:
        return mode in _WITHOUT_READING
    return difference.kind in FINDINGS


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingCounts:
    """How many files are not as in the version."""

    missing: int = 0
    extra: int = 0
    changed: int = 0
    moved: int = 0
    unreadable: int = 0

    @classmethod
    def of(cls, files: Mapping[DifferenceKind, int]) -> FindingCounts:
        """Count the findings, given how many files there are of each kind."""
        counts = dict.fromkeys(FINDINGS.values(), 0)
        for kind, word in FINDINGS.items():
            counts[word] += files.get(kind, 0)
        return cls(**counts)

    @property
    def total(self) -> int:
        """How many findings there are."""
        return self.missing + self.extra + self.changed + self.moved + self.unreadable

    @property
    def summary(self) -> str:
        """One line: `1 file missing, 2 files changed`."""
        counts = {word: getattr(self, word) for word in dict.fromkeys(FINDINGS.values())}
        named = [f"{plural(count, 'file')} {word}" for word, count in counts.items() if count]
        return ", ".join(named) or "all files are as in the version"


NO_FINDINGS = FindingCounts()
