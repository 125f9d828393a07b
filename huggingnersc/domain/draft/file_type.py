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
    """A file type a loader can be written for; the value is its tag where the schema has it."""

    CSV = "csv"
    HDF5 = "hdf5"
    IMAGES = "images"
    JSON_LINES = "jsonl"
    NETCDF = "netcdf"
    PARQUET = "parquet"
    TEXT = "txt"
    ZARR = "zarr"

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The suffixes of its files, in lower case."""
        return _SUFFIXES[self]

    @property
    def label(self) -> str:
        """Its name for people."""
        return _LABELS[self]


COMPRESSED = ".gz"
_SUFFIXES = {
    FileType.CSV: (".csv", ".tsv", ".csv.gz", ".tsv.gz"),
    FileType.HDF5: (".h5", ".hdf5", ".he5"),
    FileType.IMAGES: (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".gif", ".webp"),
    FileType.JSON_LINES: (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz"),
    FileType.NETCDF: (".nc", ".nc4", ".cdf", ".netcdf"),
    FileType.PARQUET: (".parquet", ".pq"),
    FileType.TEXT: (".txt", ".text", ".txt.gz"),
    FileType.ZARR: (".zarr",),
}
_LABELS = {
    FileType.CSV: "CSV",
    FileType.HDF5: "HDF5",
    FileType.IMAGES: "image",
    FileType.JSON_LINES: "JSON lines",
    FileType.NETCDF: "netCDF",
    FileType.PARQUET: "Parquet",
    FileType.TEXT: "text",
    FileType.ZARR: "Zarr",
}


def data_suffix(path: PurePosixPath) -> str:
    """Return the suffix of a file, that of a compressed one with what is before: `.csv.gz`."""
    return "".join(path.suffixes[-2:]) if path.suffix.lower() == COMPRESSED else path.suffix


def file_type_of(path: PurePosixPath) -> FileType | None:
    """Return the type of a file by its name; None for other types and for READMEs and such."""
    suffix = data_suffix(path).lower()
    file_type = next((one for one in FileType if suffix in one.suffixes), None)
    is_description = file_type is FileType.TEXT and path.name.lower().startswith(_DESCRIPTIONS)
    return None if is_description else file_type
