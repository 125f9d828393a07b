"""What a describer of one kind of file gets, and what it returns."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol

from huggingnersc.domain.draft.survey import DataFile
from huggingnersc.domain.versions.manifest import escaped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from huggingnersc.adapters.statistics.describing_process import DescribingProcess
    from huggingnersc.adapters.statistics.limits import DescribingLimits
    from huggingnersc.domain.versions.statistics import FileProblem, WithheldColumn


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The description of the files of one kind.

    Attributes:
        entries: of the list in the statistics that the describer makes.
        examples: how many there are by split; None where they cannot be counted.
        is_estimate: whether these are estimated.
        problems: files that could not be described.
        withheld: columns whose values are left out.
    """

    entries: Sequence[Mapping[str, object]] = ()
    examples: Mapping[str | None, int] | None = None
    is_estimate: bool = False
    problems: Sequence[FileProblem] = ()
    withheld: Sequence[WithheldColumn] = ()


class Describer(Protocol):
    """Describes the files of one kind, which it gets one by one, sorted by their paths.

    There may be millions of files, so it keeps little of each.

    Args:
        root: the folder of the data, or the one file that is the data.
        limits: what it may use.
    """

    def __init__(self, root: Path, limits: DescribingLimits) -> None: ...

    def add(self, file: DataFile) -> None:
        """Take note of a file; a Zarr store is one, with the size of all its files."""

    def describe(self, process: DescribingProcess) -> Part:
        """Describe the files that were added; what cannot be read is in `problems`."""


@dataclass
class EvenSample:
    """Files, at most so many of them, spread evenly over all that were added.

    Attributes:
        most: how many are kept.
        files: those that are kept, in the order they were added.
        count: how many were added.
        size_bytes: the size of all that were added.
    """

    most: int
    count: int = 0
    size_bytes: int = 0
    _kept: list[DataFile] = field(default_factory=list)
    _stride: int = 1

    def add(self, file: DataFile) -> None:
        """Add a file; where there are too many, every second one is dropped."""
        if self.count % self._stride == 0:
            self._kept.append(file)
        self.count, self.size_bytes = self.count + 1, self.size_bytes + file.size_bytes
        if len(self._kept) > self.most:
            self._kept, self._stride = self._kept[::2], 2 * self._stride

    @property
    def files(self) -> tuple[DataFile, ...]:
        """The files that are kept."""
        return tuple(self._kept)

    @property
    def is_whole(self) -> bool:
        """Whether every file was kept."""
        return len(self._kept) == self.count


def shown_path(path: str) -> str:
    """Return a path as statistics have it: control characters and odd bytes as escapes."""
    return escaped(os.fsencode(path)).decode()


def library_problem(module: str, package: str, kind: str) -> FileProblem | None:
    """Return the problem of files whose library is not installed; None where it is."""
    if find_spec(module):
        return None
    message = f'{kind} are not described without {package}: pip install -e ".[data]"'
    return {"file": "", "message": message}
