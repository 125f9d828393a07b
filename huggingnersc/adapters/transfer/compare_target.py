"""Compare the files that are wanted with those in the target, before anything is moved."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from itertools import groupby, islice
from operator import attrgetter
from typing import TYPE_CHECKING

from huggingnersc.adapters.transfer.state_file import STATE_FILE, KnownFile
from huggingnersc.adapters.transfer.work_list import FetchItem
from huggingnersc.domain.packing.download import path_problem
from huggingnersc.domain.text.escaped_names import escaped
from huggingnersc.domain.text.shell import shown
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from huggingnersc.adapters.transfer.state_file import StateFile
    from huggingnersc.adapters.transfer.target_folder import TargetFolder
    from huggingnersc.adapters.transfer.wanted_file import WantedFile

_MOST_PROBLEMS = 1_000
_CHANGED = "was changed here since it was downloaded"
_OTHER = "is another file, which no download brought"
_STALE = "was downloaded earlier and is no part of the data now"


@dataclass(slots=True)
class TargetComparison:
    """How a target differs from what is wanted, as far as it was compared.

    Args:
        state: what earlier transfers brought.
        target: the folder; None where there is none yet.
        replace: whether files in the way are replaced.
        verify: whether files that are known are read again.
        is_whole: whether all files of the data are wanted, so that others are stale.

    Attributes:
        files: how many are wanted.
        size_bytes: their size.
        kept_files: how many of them are here.
        problems: what is in the way, the first thousand.
        stale: files that earlier transfers brought, that are as they were, and that are no part
            of the data now.
    """

    state: StateFile | None
    target: TargetFolder | None
    replace: bool = False
    verify: bool = False
    is_whole: bool = False
    files: int = 0
    size_bytes: int = 0
    kept_files: int = 0
    problems: list[Problem] = field(default_factory=list)
    stale: list[KnownFile] = field(default_factory=list)
    _no_folder: bytes = b""  # the one of the latest file, with its slash, where it is not here

    def missing(self, files: Iterable[WantedFile]) -> Iterator[FetchItem]:
        """Yield the files that have to be fetched, or at least looked into.

        Args:
            files: sorted by their escaped paths, none twice.
        """
        known = _by_path(self.state.known if self.state else ())
        latest = next(known, None)
        for file in files:
            path = escaped(file.path)
            while latest and latest[0] < path:
                self._add_stale(latest[1])
                latest = next(known, None)
            rows = latest[1] if latest and latest[0] == path else ()
            self.files += 1
            self.size_bytes += file.size_bytes
            if rows:
                latest = next(known, None)
            if listed := self._listed(file, rows):
                yield listed
        while latest:
            self._add_stale(latest[1])
            latest = next(known, None)

    def _add_stale(self, rows: list[KnownFile]) -> None:
        """Note a file that is known here and not wanted; one that was changed is a problem."""
        status = self._status_of(rows[0].file) if self.is_whole else None
        if status is None:
            return
        if ours := [row for row in rows if row.is_as_known(status)]:
            self.stale.append(ours[0])
        else:
            self._add_problem(rows[0].file, f"{_STALE}, but {_CHANGED}")

    def _listed(self, file: WantedFile, rows: Iterable[KnownFile]) -> FetchItem | None:
        """Return the file where it has to be fetched; None where it is here, or in the way."""
        if reason := _name_problem(file):
            self._add_problem(file, reason)
            return None
        status = self._status_of(file)
        if status is None:
            return FetchItem(file, replaces=False)
        ours = [row for row in rows if row.is_as_known(status)]
        if any(row.digest == file.digest.encode() for row in ours) and self._is_well(file):
            self.kept_files += 1
            return None
        if ours or (self.replace and not stat.S_ISDIR(status.st_mode)):
            return FetchItem(file, replaces=True)
        if stat.S_ISREG(status.st_mode) and status.st_size == file.size_bytes:
            return FetchItem(file, replaces=False)  # may be the same; the transfer reads it
        self._add_problem(file, _in_the_way(status, is_known=bool(rows)))
        return None

    def _status_of(self, file: WantedFile) -> os.stat_result | None:
        """Return the status of a file; a folder that is not here is looked for once.

        Opening it again for each of its files took a third of a transfer of small files.
        """
        if self.target is None or (self._no_folder and file.path.startswith(self._no_folder)):
            return None
        status = self.target.status_of(file)
        if status is None and not self.target.has_folder_of(file):
            self._no_folder = file.path.rpartition(b"/")[0] + b"/"
        return status

    def _add_problem(self, file: WantedFile, reason: str) -> None:
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(Problem(shown(os.fsdecode(file.path)), reason))

    def _is_well(self, file: WantedFile) -> bool:
        return not self.verify or (self.target is not None and self.target.is_here(file))


def _name_problem(file: WantedFile) -> str | None:
    if file.path == os.fsencode(STATE_FILE):
        return "has the name that the state of transfers has"
    return path_problem(file.path)


def _by_path(rows: Iterable[tuple[bytes | int, ...]]) -> Iterator[tuple[bytes, list[KnownFile]]]:
    for path, known in groupby(map(KnownFile._make, rows), attrgetter("path")):
        yield path, [*known]


def stale_problems(files: Iterable[KnownFile]) -> tuple[Problem, ...]:
    """Return what is reported of stale files that were not asked to be deleted."""
    paths = (shown(os.fsdecode(one.file.path)) for one in files)
    return tuple(Problem(path, _STALE) for path in islice(paths, _MOST_PROBLEMS))


def problems_of(files: Iterable[WantedFile], state: StateFile) -> tuple[Problem, ...]:
    """Return why files in the target stay as they are, although others are wanted.

    Args:
        files: those whose content was found to be another.
        state: what earlier transfers brought.
    """
    paths = {escaped(file.path): file.path for file in files}
    changed = set(paths).intersection(one[0] for one in state.known)
    return tuple(
        Problem(shown(os.fsdecode(path)), _CHANGED if name in changed else _OTHER)
        for name, path in sorted(paths.items())
    )


def _in_the_way(status: os.stat_result, *, is_known: bool) -> str:
    if stat.S_ISDIR(status.st_mode):
        return "is a folder"
    if stat.S_ISLNK(status.st_mode):
        return "is a link"
    return _CHANGED if is_known else _OTHER
