from __future__ import annotations

from pathlib import PurePosixPath

from huggingnersc.domain.draft.file_type import FileType, file_type_of
from huggingnersc.domain.draft.survey import DataFile, Listing


def test_type_with_the_most_bytes_comes_first() -> None:
    files = [("a.csv", 5), ("b.csv", 5), ("c.h5", 9), ("d.doc", 99)]
    listing = Listing(
        tuple(
            DataFile(PurePosixPath(name), size, file_type_of(PurePosixPath(name)))
            for name, size in files
        )
    )
    assert listing.file_types == (FileType.CSV, FileType.HDF5)
