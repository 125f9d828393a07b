"""Data made so that a look at it never ends, or takes all memory."""

from __future__ import annotations

import gzip
import json
import os
import tracemalloc
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.data_files.budget import Budget
from huggingnersc.adapters.data_files.compressed import LONGEST_LINE
from huggingnersc.adapters.data_files.hdf5 import read_hdf5_layout, survey_hdf5
from huggingnersc.adapters.data_files.json_lines import read_json_lines_layout
from huggingnersc.adapters.data_files.lines import read_table_layout, survey_table
from huggingnersc.adapters.data_files.zarr_stores import read_zarr_layout
from huggingnersc.domain.draft.layout import ArrayChoice
from huggingnersc.errors import DatasetError
from tests.builders import write_tree
from tests.data_files import data_library

if TYPE_CHECKING:
    from pathlib import Path

GROUP = '{"zarr_format": 3, "node_type": "group", "attributes": {}}'


@pytest.mark.attack("hostile data")
def test_a_table_that_is_one_line_once_decompressed_is_refused_in_little_memory(
    tmp_path: Path,
) -> None:
    file = tmp_path / "a.csv.gz"
    file.write_bytes(gzip.compress(b"x,y\n1,2\n" + b"a" * (16 * LONGEST_LINE), 1))
    tracemalloc.start()
    try:
        with pytest.raises(DatasetError):
            survey_table(file, read_table_layout(file), file.stat().st_size, Budget())
        assert tracemalloc.get_traced_memory()[1] < 8 * LONGEST_LINE
    finally:
        tracemalloc.stop()


@pytest.mark.attack("hostile data")
def test_long_rows_of_compressed_json_lines_are_held_one_at_a_time(tmp_path: Path) -> None:
    file, row_bytes = tmp_path / "a.jsonl.gz", 1 << 22
    row = json.dumps({"x": "a" * row_bytes}).encode() + b"\n"
    file.write_bytes(gzip.compress(row * 20, 1))
    tracemalloc.start()
    try:
        assert [one.name for one in read_json_lines_layout(file).columns] == ["x"]
        assert tracemalloc.get_traced_memory()[1] < 10 * row_bytes
    finally:
        tracemalloc.stop()


@pytest.mark.attack("hostile data")
@pytest.mark.parametrize("place", ["", "inner/"], ids=["root", "member"])
def test_metadata_of_a_store_that_is_too_deep_is_an_explained_error(
    tmp_path: Path, place: str
) -> None:
    data_library("zarr")
    deep = '{"a":' * 100_000 + "1" + "}" * 100_000
    tree = {"zarr.json": GROUP, f"{place}zarr.json": GROUP.replace("{}", deep)}
    with pytest.raises(DatasetError):
        read_zarr_layout(write_tree(tmp_path / "a.zarr", tree), ArrayChoice())


@pytest.mark.attack("hostile data")
@pytest.mark.parametrize("name", ["zarr.json", ".zarray", ".zattrs"])
def test_a_pipe_in_a_store_is_not_waited_for(tmp_path: Path, name: str) -> None:
    data_library("zarr")
    store = write_tree(tmp_path / "a.zarr", {"zarr.json": GROUP, "inner/note.txt": ""})
    os.mkfifo(store / "inner" / name)
    with pytest.raises(DatasetError):
        read_zarr_layout(store, ArrayChoice())


@pytest.mark.attack("hostile data")
def test_groups_that_links_repeat_without_end_are_looked_into_a_few_times(
    tmp_path: Path,
) -> None:
    h5py = data_library("h5py")
    with h5py.File(tmp_path / "a.h5", "w") as opened:
        group = opened
        for _ in range(40):
            group["b"] = group.create_group("a")
            group = group["a"]
        opened["x"] = [1, 2]
    assert read_hdf5_layout(tmp_path / "a.h5", ArrayChoice()).arrays == ("x",)


@pytest.mark.attack("hostile data")
def test_damaged_bytes_of_an_hdf5_file_end_explained(tmp_path: Path) -> None:
    h5py = data_library("h5py")
    file = tmp_path / "a.h5"
    with h5py.File(file, "w") as opened:
        opened["g/x"] = [1, 2, 3]
    whole = file.read_bytes()
    for place in range(0, len(whole), 23):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        with suppress(DatasetError):
            survey_hdf5(file, read_hdf5_layout(file, ArrayChoice()), len(whole))
