"""Describe HDF5, netCDF and Zarr: files of one structure together."""

from __future__ import annotations

import os
import re
from dataclasses import asdict, dataclass, field
from itertools import zip_longest
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Literal

from huggingnersc.adapters.data_files.budget import Budget
from huggingnersc.adapters.data_files.survey import survey_files
from huggingnersc.adapters.statistics.array_file import ArrayFile
from huggingnersc.adapters.statistics.array_members import (
    ArrayMember,
    structure_of,
)
from huggingnersc.adapters.statistics.array_values import RunningValues
from huggingnersc.adapters.statistics.describing_process import DescriptionError
from huggingnersc.adapters.statistics.hdf5 import read_hdf5
from huggingnersc.adapters.statistics.netcdf import read_netcdf
from huggingnersc.adapters.statistics.part import EvenSample, Part, library_problem, shown_path
from huggingnersc.adapters.statistics.zarr import read_zarr
from huggingnersc.domain.draft.file_type import FileType
from huggingnersc.domain.draft.split import splits_of
from huggingnersc.domain.draft.survey import DataFile, Listing
from huggingnersc.errors import DatasetError, InstallationError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from huggingnersc.adapters.statistics.describing_process import DescribingProcess
    from huggingnersc.adapters.statistics.limits import Limits
    from huggingnersc.domain.versions.statistics import (
        ArrayStatistics,
        FileProblem,
        MemberStatistics,
    )

ARRAY_FILES = frozenset({FileType.HDF5, FileType.NETCDF, FileType.ZARR})
_LIBRARIES = {
    FileType.HDF5: ("h5py", "h5py"),
    FileType.NETCDF: ("netCDF4", "netCDF4"),
    FileType.ZARR: ("zarr", "zarr"),
}
_TASK = "huggingnersc.adapters.statistics.arrays:read_arrays"
_COUNT_TASK = "huggingnersc.adapters.statistics.arrays:count_examples"
_MOST_STRUCTURES = 20
_SHARE_OF_TIME = 0.5  # of what a file may take; the rest is for its tree
_MOST_NAMED, _LONGEST_NAMES = 3, 60  # files, and characters of their names
_NUMBER = re.compile("[0-9]+")


def read_arrays(path: str, file_type: str, sample_bytes: int, seconds: float) -> dict[str, Any]:
    """Return the tree of a file as JSON, for `DescribingProcess`.

    Raises:
        DescriptionError: the file cannot be read.
        InstallationError: the library for it is not installed.
    """
    file, budget = Path(path), Budget(seconds=seconds)
    try:
        match FileType(file_type):
            case FileType.NETCDF:
                found = read_netcdf(file, budget, sample_bytes)
            case FileType.ZARR:
                found = read_zarr(file, budget, sample_bytes)
            case _:
                found = read_hdf5(file, budget, sample_bytes, is_netcdf=False)
    except (OSError, ValueError) as error:
        raise DescriptionError(str(error)) from error
    return asdict(found)


def count_examples(
    root: str, files: list[list[Any]], file_type: str, seconds: float
) -> list[tuple[str | None, int]] | None:
    """Return how many examples files hold by split, as `init-dataset` counts them.

    None where they cannot be counted, or not within the time.

    Args:
        root: the folder that the paths begin at.
        files: the path and the size of each.
        file_type: of all of them.
        seconds: that it may take.
    """
    held = tuple(
        DataFile(PurePosixPath(path), size_bytes, FileType(file_type))
        for path, size_bytes in files
    )
    try:
        survey = survey_files(Path(root), Listing(held), Budget(seconds=seconds))
    except (DatasetError, InstallationError):
        return None
    if len(survey.files) < len(held):
        return None
    if splits := splits_of(held):
        return [
            (one.name, sum(survey.files[file].examples for file in one.files)) for one in splits
        ]
    parts = [survey.files[file].parts for file in held if survey.fits(file)]
    if survey.largest.splits:
        names = [one.name for one in survey.largest.splits]
        return [*zip(names, map(sum, zip(*parts, strict=True)), strict=True)]
    return [(None, sum(one.examples for one in survey.files.values()))]


@dataclass
class _Structure:
    """The files of one structure.

    Attributes:
        file_type: of these files.
        found: what is in them.
        paths: theirs.
    """

    file_type: FileType
    found: ArrayFile
    paths: list[str] = field(default_factory=list)


class ArrayDescriber:
    """Describes files of arrays; see `Describer`."""

    def __init__(self, root: Path, limits: Limits) -> None:
        self._root = root
        self._limits = limits
        self._files = EvenSample(limits.files)
        self._structures: dict[tuple[object, ...], _Structure] = {}
        self._problems: list[FileProblem] = []

    def add(self, file: DataFile) -> None:
        """Take note of a file."""
        self._files.add(file)

    def describe(self, process: DescribingProcess) -> Part:
        """Describe the files that were added."""
        missing = self._without_library()
        for file in self._files.files:
            if file.file_type in missing:
                continue
            try:
                self._take(file, _array_file(self._ask(process, file)))
            except DescriptionError as error:
                self._problem(file, str(error))
        if not self._files.is_whole:
            rest = self._files.count - len(self._files.files)
            message = f"{rest:,} more files of arrays were not opened"
            self._problems.append({"file": "", "message": message})
        entries = [_entry(one) for one in self._structures.values()]
        return Part(
            entries=entries, examples=self._examples(process, missing), problems=self._problems
        )

    def _examples(
        self, process: DescribingProcess, missing: set[FileType | None]
    ) -> dict[str | None, int] | None:
        """Return the number of examples by split; of several types, of the one with most bytes."""
        held = Listing(tuple(one for one in self._files.files if one.file_type not in missing))
        largest = next(iter(held.file_types), None)
        if largest is None or not self._files.is_whole:
            return None
        try:
            counts = process.ask(
                _COUNT_TASK,
                root=str(self._root),
                files=[[str(file.path), file.size_bytes] for file in held.of(largest)],
                file_type=largest.value,
                seconds=self._limits.part_seconds * _SHARE_OF_TIME,
            )
        except DescriptionError:
            return None
        return dict(counts) if counts else None

    def _without_library(self) -> set[FileType | None]:
        """Return the types of files that cannot be read here, and note why."""
        missing: set[FileType | None] = set()
        for file_type in sorted({file.file_type for file in self._files.files if file.file_type}):
            module, package = _LIBRARIES[file_type]
            if problem := library_problem(module, package, f"{file_type.label} files"):
                missing.add(file_type)
                self._problems.append(problem)
        return missing

    def _ask(self, process: DescribingProcess, file: DataFile) -> Mapping[str, Any]:
        assert file.file_type is not None  # noqa: S101 - it is one of ARRAY_FILES
        answer: Mapping[str, Any] = process.ask(
            _TASK,
            path=str(self._root / file.path),
            file_type=file.file_type.value,
            sample_bytes=self._limits.sample_bytes // len(self._files.files),
            seconds=self._limits.part_seconds * _SHARE_OF_TIME,
        )
        return answer

    def _take(self, file: DataFile, found: ArrayFile) -> None:
        assert file.file_type is not None  # noqa: S101 - it is one of ARRAY_FILES
        for message in found.problems:
            self._problem(file, message)
        key = (file.file_type, *structure_of(found.members))
        known = self._structures.get(key)
        if known:
            known.found.merge(found)
        elif len(self._structures) < _MOST_STRUCTURES:
            known = self._structures[key] = _Structure(file.file_type, found)
        else:
            self._problem(file, f"has another structure than the {_MOST_STRUCTURES} described")
            return
        known.paths.append(str(file.path))

    def _problem(self, file: DataFile, message: str) -> None:
        self._problems.append({"file": shown_path(str(file.path)), "message": message})


def _array_file(answer: Mapping[str, Any]) -> ArrayFile:
    """Return what a process answered as the value that it was."""
    return ArrayFile(**{**answer, "members": [*map(_member, answer["members"])]})


def _member(answer: Mapping[str, Any]) -> ArrayMember:
    values = answer["values"]
    lists = {"shape": tuple(answer["shape"]), "dimensions": tuple(answer["dimensions"])}
    known = {"values": RunningValues(**values) if values else None}
    return ArrayMember(**{**answer, **lists, **known})


def _entry(structure: _Structure) -> ArrayStatistics:
    return {
        "name": _pattern(structure.paths),
        "files": len(structure.paths),
        "format": _FORMATS[structure.file_type],
        "attributes": structure.found.attributes,
        "members": [*map(_member_statistics, structure.found.members)],
        "preview": structure.found.preview,
    }


_FORMATS: Mapping[FileType, Literal["hdf5", "netcdf", "zarr"]] = {
    FileType.HDF5: "hdf5",
    FileType.NETCDF: "netcdf",
    FileType.ZARR: "zarr",
}


def _member_statistics(member: ArrayMember) -> MemberStatistics:
    values = member.values or RunningValues()
    lowest, highest = values.limits
    is_sample = 0 < values.read < values.total
    return {
        "path": member.path,
        "kind": "group" if member.is_group else "array",
        "count": member.count,
        "shape": [*member.shape],
        "dimensions": [*member.dimensions],
        "type": member.type,
        "units": member.units or None,
        "attributes": member.attributes,
        "min": lowest,
        "max": highest,
        "mean": values.mean,
        "missing": values.missing,
        "sample": {"values": values.read, "of_values": values.total} if is_sample else None,
    }


def _pattern(paths: list[str]) -> str:
    """Return the name of one file, or what the names of several have in common."""
    first, *others = map(shown_path, paths)
    if not others:
        return first
    known = [_NUMBER.split(path) for path in (first, *others)]
    if any(one != known[0] for one in known):
        return _common_pattern([first, *others])
    numbers = zip(*map(_NUMBER.findall, (first, *others)), strict=True)
    filled = (one[0] if len({*one}) == 1 else "*" for one in numbers)
    return "".join(part for pair in zip_longest(known[0], filled, fillvalue="") for part in pair)


def _common_pattern(names: list[str]) -> str:
    """Return a few short texts, or what more have in common at their ends, with `*` between."""
    if len(names) <= _MOST_NAMED and sum(map(len, names)) <= _LONGEST_NAMES:
        return ", ".join(names)
    begin = os.path.commonprefix(names)  # noqa: RUF071 - of texts, not of folders
    rest = [name[len(begin) :][::-1] for name in names]
    return f"{begin}*{os.path.commonprefix(rest)[::-1]}"  # noqa: RUF071
