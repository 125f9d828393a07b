from __future__ import annotations

import os
from pathlib import Path

import pytest

from huggingnersc.adapters.data_files.budget import Budget
from huggingnersc.adapters.data_files.listing import list_files
from huggingnersc.adapters.data_files.survey import survey_files
from huggingnersc.domain.draft.data_layout import DataLayout, ExampleCount, lay_out
from huggingnersc.domain.draft.file_type import FileType
from huggingnersc.errors import DatasetError
from tests.builders import write_tree
from tests.data_files import WRITERS, data_library, write_hdf5, write_netcdf


def layout_of(root: Path, budget: Budget | None = None) -> DataLayout:
    return lay_out(survey_files(root, list_files(root, Budget()), budget or Budget()))


@pytest.mark.parametrize("file_type", FileType)
def test_examples_of_all_files_are_summed(file_type: FileType, tmp_path: Path) -> None:
    data = layout_of(WRITERS[file_type](tmp_path))
    left_out = ("README.txt",) if file_type is FileType.TEXT else ()
    assert data.count == ExampleCount(173)
    files = 173 if file_type is FileType.IMAGES else 4
    assert (len(data.members), data.left_out) == (files, left_out)


def test_arrays_of_an_hdf5_file_that_belong_to_examples_are_found(tmp_path: Path) -> None:
    layout = layout_of(write_hdf5(tmp_path)).file
    assert layout.arrays == ("jets/x", "id", "name")
    assert layout.numeric == ("jets/x", "id")


def test_unlimited_dimension_of_a_netcdf_file_counts_the_examples(tmp_path: Path) -> None:
    layout = layout_of(write_netcdf(tmp_path)).file
    assert (layout.dimension, layout.arrays) == ("time", ("wind", "id"))


def test_netcdf_file_without_an_unlimited_dimension_counts_the_first_of_its_largest_variable(
    tmp_path: Path,
) -> None:
    netcdf = data_library("netCDF4")
    with netcdf.Dataset(tmp_path / "a.nc", "w") as file:
        group = file.createGroup("g")
        group.createDimension("event", 7)
        group.createDimension("x", 50)
        group.createVariable("v", "f4", ("event", "x"))
        file.createDimension("k", 9)
        file.createVariable("w", "f4", ("k",))
    data = layout_of(tmp_path)
    assert (data.file.arrays, data.count) == (("g/v",), ExampleCount(7))


@pytest.mark.parametrize("file_type", [FileType.HDF5, FileType.NETCDF])
def test_file_without_the_arrays_of_the_largest_one_is_not_counted(
    file_type: FileType, tmp_path: Path
) -> None:
    h5py = data_library("h5py")
    WRITERS[file_type](tmp_path)
    with h5py.File(tmp_path / f"z{file_type.suffixes[0]}", "w") as file:
        file["else"] = [1, 2, 3]
    data = layout_of(tmp_path)
    assert data.count == ExampleCount(173)
    assert [*data.left_out] == [f"z{file_type.suffixes[0]}"]


def test_files_not_reached_in_time_are_estimated_by_their_size(tmp_path: Path) -> None:
    write_tree(tmp_path, {f"{n}.csv": "x,y\n" + "1,2\n" * 200 for n in range(9)})
    data = layout_of(tmp_path, Budget(seconds=0))
    assert (data.count.counted, data.count.is_exact, data.count.estimate) == (200, False, 1800)
    assert len(data.members) == 9


@pytest.mark.parametrize(
    ("file_type", "library"), [(FileType.HDF5, "h5py"), (FileType.NETCDF, "netCDF4")]
)
def test_broken_file_is_named(file_type: FileType, library: str, tmp_path: Path) -> None:
    data_library(library)
    write_tree(tmp_path, {f"a{file_type.suffixes[0]}": "this is none"})
    with pytest.raises(DatasetError, match=rf"/a\{file_type.suffixes[0]} .*\b{file_type.label}\b"):
        layout_of(tmp_path)


def test_hdf5_file_without_arrays_is_named(tmp_path: Path) -> None:
    h5py = data_library("h5py")
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["scalar"] = 3
    with pytest.raises(DatasetError, match=r"/a\.h5\b"):
        layout_of(tmp_path)


def test_hdf5_file_whose_arrays_are_not_of_one_length_is_not_counted(tmp_path: Path) -> None:
    h5py = data_library("h5py")
    for name, lengths in (("a", (1000, 1000)), ("b", (10, 5)), ("c", (7, 7))):
        with h5py.File(tmp_path / f"{name}.h5", "w") as file:
            file["x"], file["y"] = ([0.5] * length for length in lengths)
    data = layout_of(tmp_path)
    assert data.count == ExampleCount(1007)
    assert [*data.left_out] == ["b.h5"]


def test_hdf5_file_with_something_else_in_place_of_an_array_is_not_counted(
    tmp_path: Path,
) -> None:
    h5py = data_library("h5py")
    for name in ("a", "group", "null", "scalar", "second"):
        with h5py.File(tmp_path / f"{name}.h5", "w") as file:
            file["y"] = [1] * (1000 if name == "a" else 3)
            match name:
                case "a":
                    file["x"] = [[0.5, 1.5]] * 1000
                case "group":
                    file.create_group("x")
                case "null":
                    file["x"] = h5py.Empty("f8")
                case "scalar":
                    file["x"] = 3.5
                case "second":
                    file["x"] = [[0.5, 1.5]] * 3
                    del file["y"]
                    file["y"] = 1
    data = layout_of(tmp_path)
    assert data.file.arrays == ("x", "y")
    assert data.count == ExampleCount(1000)
    names = [*data.left_out]
    assert names == ["group.h5", "null.h5", "scalar.h5", "second.h5"]


@pytest.mark.parametrize("file_type", [FileType.NETCDF, FileType.PARQUET])
def test_file_that_its_library_cannot_open_by_name_is_left_out(
    file_type: FileType, tmp_path: Path
) -> None:
    files = sorted(path for path in WRITERS[file_type](tmp_path).iterdir() if path.is_file())
    count = layout_of(tmp_path).count.counted
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xe9" + os.fsencode(files[0].suffix)))
    odd.write_bytes(max(files, key=lambda file: file.stat().st_size).read_bytes() + b" ")
    data = layout_of(tmp_path)
    assert (data.count.counted, data.left_out) == (count, (odd.name,))


def test_file_that_may_not_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parquet = data_library("pyarrow.parquet")
    WRITERS[FileType.PARQUET](tmp_path)
    closed = min(file for file in tmp_path.iterdir() if file.is_file())
    read = parquet.read_metadata

    def refused(file: Path) -> object:
        if file == closed:
            raise PermissionError("as pyarrow says it: without the name of the file")
        return read(file)

    monkeypatch.setattr(parquet, "read_metadata", refused)
    survey = survey_files(tmp_path, list_files(tmp_path, Budget()), Budget())
    assert [one.problem for one in survey.files.values() if one.problem] == [
        f"{closed} cannot be read: as pyarrow says it: without the name of the file."
    ]
