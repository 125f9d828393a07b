from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from huggingnersc.domain.draft.file_type import FileType, file_type_of


@pytest.mark.parametrize(
    ("name", "file_type"),
    [
        ("a/b.CSV", FileType.CSV),
        ("table.tsv", FileType.CSV),
        ("jets.hdf5", FileType.HDF5),
        ("air.nc", FileType.NETCDF),
        ("corpus.txt", FileType.TEXT),
        ("README.txt", None),
        ("a/LICENSE-2.0.txt", None),
        ("readme.csv", FileType.CSV),
        ("picture.PNG", FileType.IMAGES),
        ("a.csv.gz", FileType.CSV),
        ("a.Jsonl.GZ", FileType.JSON_LINES),
        ("README.txt.gz", None),
        ("a.gz", None),
        ("part-0.snappy.parquet", FileType.PARQUET),
        ("picture.doc", None),
        ("csv", None),
    ],
)
def test_type_follows_from_the_name_and_descriptions_of_the_data_have_none(
    name: str, file_type: FileType | None
) -> None:
    assert file_type_of(PurePosixPath(name)) is file_type
