"""Describe HDF5, netCDF and Zarr: files of one structure together."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.data_files.budget import Budget
from huggingnersc.adapters.statistics.array_entries import (
    ArrayStructure,
    array_entry,
    without_people,
)
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
from huggingnersc.domain.draft.survey import DataFile, Listing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from huggingnersc.adapters.statistics.describing_process import DescribingProcess
    from huggingnersc.adapters.statistics.limits import DescribingLimits
    from huggingnersc.domain.versions.statistics import (
        FileProblem,
    )

ARRAY_FILES = frozenset({FileType.HDF5, FileType.NETCDF, FileType.ZARR})
_LIBRARIES = {
    FileType.HDF5: ("h5py", "h5py"),
    FileType.NETCDF: ("netCDF4", "netCDF4"),
    FileType.ZARR: ("zarr", "zarr"),
}
_TASK = "huggingnersc.adapters.statistics.arrays:read_arrays"
_COUNT_TASK = "huggingnersc.adapters.statistics.array_examples:count_examples"
_MOST_STRUCTURES = 20
_SHARE_OF_TIME = 0.5  # of what a file may take; the rest is for its tree
_MOST_NAMED, _LONGEST_NAMES = 3, 60  # files, and characters of their names


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


class ArrayDescriber:
    """Describes files of arrays; see `Describer`."""

    def __init__(self, root: Path, limits: DescribingLimits) -> None:
        self._root = root
        self._limits = limits
        self._files = EvenSample(limits.files)
        self._structures: dict[tuple[object, ...], ArrayStructure] = {}
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
        structures = self._structures.values()
        withheld = [one for structure in structures for one in without_people(structure)]
        return Part(
            entries=[array_entry(one) for one in structures],
            examples=self._examples(process, missing),
            problems=self._problems,
            withheld=withheld,
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
            known = self._structures[key] = ArrayStructure(file.file_type, found)
        else:
            self._problem(file, f"has another structure than the {_MOST_STRUCTURES} described")
            return
        known.paths.append(str(file.path))

    def _problem(self, file: DataFile, message: str) -> None:
        plain = message.replace(str(self._root / file.path), "the file")
        self._problems.append({"file": shown_path(str(file.path)), "message": plain})


def _array_file(answer: Mapping[str, Any]) -> ArrayFile:
    """Return what a process answered as the value that it was."""
    return ArrayFile(**{**answer, "members": [*map(_member, answer["members"])]})


def _member(answer: Mapping[str, Any]) -> ArrayMember:
    values = answer["values"]
    lists = {"shape": tuple(answer["shape"]), "dimensions": tuple(answer["dimensions"])}
    known = {"values": RunningValues(**values) if values else None}
    return ArrayMember(**{**answer, **lists, **known})
