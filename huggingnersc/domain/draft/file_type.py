"""The file types that a loader can be written for."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import PurePosixPath

# Names of text files that describe the data and hold none of it.
_DESCRIPTIONS = (
    "readme", "license", "licence", "copying", "changelog", "citation", "requirements",
    "sha256sum", "md5sum", "checksum", "manifest", "notes",
)  # fmt: skip


class FileType(StrEnum):
    """A file type a loader can be written for; the value is its tag in the metadata schema."""

    CSV = "csv"
    HDF5 = "hdf5"
    NETCDF = "netcdf"
    TEXT = "txt"

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The suffixes of its files, in lower case."""
        return _SUFFIXES[self]

    @property
    def label(self) -> str:
        """Its name for people."""
        return _LABELS[self]


_SUFFIXES = {
    FileType.CSV: (".csv", ".tsv"),
    FileType.HDF5: (".h5", ".hdf5", ".he5"),
    FileType.NETCDF: (".nc", ".nc4", ".cdf", ".netcdf"),
    FileType.TEXT: (".txt", ".text"),
}
_LABELS = {
    FileType.CSV: "CSV",
    FileType.HDF5: "HDF5",
    FileType.NETCDF: "netCDF",
    FileType.TEXT: "text",
}


def file_type_of(path: PurePosixPath) -> FileType | None:
    """Return the type of a file by its name; None for other types and for READMEs and such."""
    suffix = path.suffix.lower()
    file_type = next((one for one in FileType if suffix in one.suffixes), None)
    is_description = file_type is FileType.TEXT and path.name.lower().startswith(_DESCRIPTIONS)
    return None if is_description else file_type
