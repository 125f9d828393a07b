"""What was found in a dataset's folder: its files, its examples, and how a file is built."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from huggingnersc.domain.draft.row_anomalies import RowAnomalies
from huggingnersc.domain.text.formatting import plural

if TYPE_CHECKING:
    from collections.abc import Iterable


# Text that tells of the data and is none.
_ABOUT = ("readme", "license", "licence", "copying", "changelog", "citation", "requirements",
          "sha256sum", "md5sum", "checksum", "manifest", "notes")  # fmt: skip
_CATEGORIES = (
    "n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<10M", "10M<n<100M", "100M<n<1B",
    "1B<n<10B", "10B<n<100B", "100B<n<1T", "n>1T",
)  # fmt: skip


class Kind(StrEnum):
    """A file type a loader can be written for; the value is its tag in the metadata schema."""

    CSV = "csv"
    HDF5 = "hdf5"
    NETCDF = "netcdf"
    TEXT = "txt"

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The endings of its files, in lower case."""
        return _SUFFIXES[self]

    @property
    def label(self) -> str:
        """Its name for people."""
        return _LABELS[self]


_SUFFIXES = {
    Kind.CSV: (".csv", ".tsv"),
    Kind.HDF5: (".h5", ".hdf5", ".he5"),
    Kind.NETCDF: (".nc", ".nc4", ".cdf", ".netcdf"),
    Kind.TEXT: (".txt", ".text"),
}
_LABELS = {Kind.CSV: "CSV", Kind.HDF5: "HDF5", Kind.NETCDF: "netCDF", Kind.TEXT: "text"}


def kind_of(path: PurePosixPath) -> Kind | None:
    """Tell the type of a file by its name; None for other types and for texts about the data."""
    suffix = path.suffix.lower()
    kind = next((kind for kind in Kind if suffix in kind.suffixes), None)
    is_about = kind is Kind.TEXT and path.name.lower().startswith(_ABOUT)
    return None if is_about else kind


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file of the dataset.

    Attributes:
        path: below the dataset's folder; `.` where the dataset is this one file.
        size_bytes: its size.
        kind: its type, when it is one a loader can be written for.
    """

    path: PurePosixPath
    size_bytes: int
    kind: Kind | None


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
    def kinds(self) -> tuple[Kind, ...]:
        """The types found, the one with the most bytes first."""
        sizes: Counter[Kind] = Counter()
        for file in self.files:
            if file.kind:
                sizes[file.kind] += file.size_bytes
        return tuple(sorted(sizes, key=lambda kind: (-sizes[kind], kind)))

    def of(self, kind: Kind) -> tuple[DataFile, ...]:
        """The files of one type."""
        return tuple(file for file in self.files if file.kind is kind)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: a name that no other has, and `int`, `float` or `str`."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Layout:
    """How the files of a dataset are built: what a loader must know.

    Attributes:
        encoding: of CSV and text files, as Python calls it.
        delimiter: between the fields of a CSV file.
        has_header: whether a CSV file begins with the names of its columns.
        columns: of a CSV file.
        arrays: of an HDF5 or netCDF file, those with one item per example, the main one first.
        numeric: those of `arrays` that hold numbers.
        apart: arrays that do not lie along the examples.
        dimension: the one of a netCDF file along which the examples lie.
        examples_at_once: how many of `arrays` to read at once, about 64 MiB, at least one.
    """

    encoding: str = "utf-8-sig"
    delimiter: str = ","
    has_header: bool = True
    columns: tuple[Column, ...] = ()
    arrays: tuple[str, ...] = ()
    numeric: tuple[str, ...] = ()
    apart: tuple[Array, ...] = ()
    dimension: str | None = None
    examples_at_once: int = 1


@dataclass(frozen=True, slots=True)
class FileCount:
    """What counting one file gave.

    Attributes:
        examples: the examples counted.
        covered_bytes: how much of the file they stand for; all of it unless time ran out.
        fits: whether the file is built like the others; one that is not is not part of the table.
        odd: what its rows hold that the first rows of the table do not tell.
    """

    examples: int
    covered_bytes: int
    fits: bool = True
    odd: RowAnomalies = RowAnomalies()  # noqa: RUF009 - frozen


@dataclass(frozen=True, slots=True)
class Count:
    """How many examples there are.

    Attributes:
        counted: those that were counted.
        is_exact: whether that is all of them.
        estimate: the number in all, by the share of the bytes counted; None where the files could
            not even be listed in time.
    """

    counted: int
    is_exact: bool = True
    estimate: int | None = None

    @property
    def examples(self) -> int | None:
        """The best number there is for all of them; None when only a lower bound is known."""
        return self.counted if self.is_exact else self.estimate

    @property
    def words(self) -> str:
        """The number for people, honest about what it is."""
        if self.is_exact:
            return plural(self.counted, "example")
        at_least = f"at least {plural(self.counted, 'example')}"
        return at_least + (f", about {self.estimate:,} by size" if self.estimate else "")


def summed(counts: Iterable[FileCount], total_bytes: int, *, is_whole: bool) -> Count:
    """Sum what was counted.

    Args:
        counts: of the files that were reached.
        total_bytes: of all files listed that belong to the table.
        is_whole: whether all files of the dataset were listed.
    """
    fitting = [count for count in counts if count.fits]
    counted = sum(count.examples for count in fitting)
    covered = sum(count.covered_bytes for count in fitting)
    if is_whole and covered >= total_bytes:
        return Count(counted)
    known = is_whole and covered > 0
    estimate = max(counted, round(counted * total_bytes / covered)) if known else None
    return Count(counted, is_exact=False, estimate=estimate)


def size_category(examples: int) -> str:
    """Return the Hub's size category; a power of ten belongs to the category it begins."""
    limit = 1000
    for category in _CATEGORIES:
        if examples < limit:
            return category
        limit *= 10
    return _CATEGORIES[-1]


@dataclass(frozen=True, slots=True)
class Array:
    """An array with at least one dimension.

    Attributes:
        name: its path in the file.
        length: its first dimension.
        size_bytes: of all its items.
        is_numeric: whether it holds numbers.
        dimension: the name of its first dimension, where dimensions have names.
        is_unlimited: whether that dimension can grow.
    """

    name: str
    length: int
    size_bytes: int
    is_numeric: bool
    dimension: str | None = None
    is_unlimited: bool = False
