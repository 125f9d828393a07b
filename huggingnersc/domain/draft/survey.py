"""What was read of a dataset's files, before anything is decided."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from huggingnersc.domain.draft.row_anomalies import RowAnomalies

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import PurePosixPath

    from huggingnersc.domain.draft.file_type import FileType
    from huggingnersc.domain.draft.layout import FileLayout


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file of the dataset.

    Attributes:
        path: below the dataset's folder; `.` where the dataset is this one file.
        size_bytes: its size.
        file_type: its type, when it is one a loader can be written for.
    """

    path: PurePosixPath
    size_bytes: int
    file_type: FileType | None


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a dataset, sorted by path.

    Attributes:
        is_whole: whether all were listed; False when the time for it ran out.
        skipped: links to folders, which are not followed.
    """

    files: tuple[DataFile, ...]
    is_whole: bool = True
    skipped: tuple[PurePosixPath, ...] = ()

    @property
    def file_types(self) -> tuple[FileType, ...]:
        """The types a loader can be written for, the one with the most bytes first."""
        sizes: Counter[FileType] = Counter()
        for file in self.files:
            if file.file_type:
                sizes[file.file_type] += file.size_bytes
        return tuple(sorted(sizes, key=lambda one: (-sizes[one], one)))

    def of(self, file_type: FileType) -> tuple[DataFile, ...]:
        """Return the files of one type."""
        return tuple(file for file in self.files if file.file_type is file_type)


@dataclass(frozen=True, slots=True)
class FileSurvey:
    """The result of reading one file.

    Attributes:
        examples: the examples counted.
        covered_bytes: how much of the file was counted; all of it unless time ran out.
        fits: whether the file has the structure of the largest one of its type.
        anomalies: what its rows hold that the first rows of the largest file do not show.
        parts: the examples of each split within the file.
        shapes: of its arrays by name, where it may be one example.
        start: the first date in it, as days since 1970 by its own calendar.
        problem: why the file cannot be read; None where it can be.
    """

    examples: int
    covered_bytes: int
    fits: bool = True
    anomalies: RowAnomalies = RowAnomalies()  # noqa: RUF009 - frozen
    parts: tuple[int, ...] = ()
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    start: float | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class DataSurvey:
    """What was read of a dataset.

    Attributes:
        root: where it is, absolute.
        is_file: whether it is a single file.
        listing: its files.
        file_type: the type with the most bytes, which the loader reads.
        largest: the structure of the largest file of this type.
        files: the files of this type that were reached in time, in the order they were read.
    """

    root: PurePosixPath
    is_file: bool
    listing: Listing
    file_type: FileType
    largest: FileLayout
    files: Mapping[DataFile, FileSurvey]

    def fits(self, file: DataFile) -> bool:
        """Return whether a file is structured like the largest one, or was not reached in time."""
        return file not in self.files or self.files[file].fits

    def problem(self, file: DataFile) -> str | None:
        """Return why a file cannot be read; None where it can be, or was not reached in time."""
        return self.files[file].problem if file in self.files else None
