"""Zarr stores of both formats: groups, single arrays, splits, and what is left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc import init_dataset
from huggingnersc.adapters.data_files.budget import Budget
from huggingnersc.adapters.data_files.listing import list_files
from huggingnersc.errors import DatasetError
from tests.builders import write_tree
from tests.data_files import DATA_EXTRA
from tests.loaders.loading import names_of, run

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.api.draft.init_dataset import Initialized

zarr: Any = pytest.importorskip("zarr", reason=DATA_EXTRA)
FORMATS = pytest.mark.parametrize("form", [2, 3])


def draft(data: Path, folder: Path, **more: Any) -> Initialized:
    return init_dataset(data, nickname="traced", output=folder / "out", site="local", **more)


def loaded(data: Path, folder: Path, *split: str) -> list[Any]:
    loader = folder / "out/traced_loader.py"
    assert run(loader, cwd=folder)
    return [*names_of(loader)["load"](data, *split)]


def write(store: Path, form: int, **arrays: Any) -> None:
    import numpy as np

    group = zarr.open_group(store, mode="w", zarr_format=form)
    for name, values in arrays.items():
        group.create_array(name.replace("__", "/"), data=np.asarray(values))


@FORMATS
def test_store_that_is_one_array_is_read_item_by_item(form: int, tmp_path: Path) -> None:
    import numpy as np

    values = np.arange(12).reshape(6, 2)
    array = zarr.create_array(
        tmp_path / "cubes.zarr", shape=(6, 2), chunks=(4, 2), dtype="i8", zarr_format=form
    )
    array[:] = values
    result = init_dataset(tmp_path / "cubes.zarr", output=tmp_path / "out", site="local")
    assert (result.nickname, result.examples, result.arrays) == ("cubes", 6, ("array",))
    load = names_of(tmp_path / "out/cubes_loader.py")["load"]
    assert [list(one) for one in load(tmp_path / "cubes.zarr")] == values.tolist()


@FORMATS
def test_groups_for_splits_within_a_store_are_read_one_at_a_time(
    form: int, tmp_path: Path
) -> None:
    write(tmp_path / "d/a.zarr", form, train__x=[1, 2, 3], train__y=[4, 5, 6],
          test__x=[7], test__y=[8])  # fmt: skip
    result = draft(tmp_path / "d", tmp_path)
    assert result.splits == {"train": 3, "test": 1}
    assert [int(one["y"]) for one in loaded(tmp_path / "d", tmp_path)] == [4, 5, 6]
    assert [int(one["x"]) for one in loaded(tmp_path / "d", tmp_path, "test")] == [7]


def test_stores_for_splits_are_read_one_at_a_time(tmp_path: Path) -> None:
    write(tmp_path / "d/train.zarr", 3, x=[1, 2])
    write(tmp_path / "d/test.zarr", 2, x=[3])
    assert draft(tmp_path / "d", tmp_path).splits == {"train": 2, "test": 1}
    assert [int(one["x"]) for one in loaded(tmp_path / "d", tmp_path, "test")] == [3]
    assert len(loaded(tmp_path / "d/test.zarr", tmp_path, "train")) == 1  # one store given


def test_named_dimension_of_the_largest_array_counts_the_examples(tmp_path: Path) -> None:
    group = zarr.open_group(tmp_path / "d.zarr", mode="w", zarr_format=3)
    for name, shape, dimensions in (
        ("t2m", (4, 3, 5), ("time", "lat", "lon")),
        ("time", (4,), ("time",)),
        ("lat", (3,), ("lat",)),
    ):
        group.create_array(name, shape=shape, dtype="f4", dimension_names=dimensions)
    result = draft(tmp_path / "d.zarr", tmp_path)
    assert (result.examples, result.arrays) == (4, ("t2m", "time"))


def test_blocks_are_whole_chunks_or_shards(tmp_path: Path) -> None:
    group = zarr.open_group(tmp_path / "d.zarr", mode="w", zarr_format=3)
    group.create_array("x", shape=(5000,), chunks=(10,), shards=(300,), dtype="i4")
    draft(tmp_path / "d.zarr", tmp_path)
    assert names_of(tmp_path / "out/traced_loader.py")["AT_ONCE"] == 900


def test_chunks_are_not_listed_and_hidden_or_other_folders_are_no_stores(tmp_path: Path) -> None:
    write(tmp_path / "d/plain-name", 2, x=range(100))
    write(tmp_path / "d/.hidden.zarr", 2, x=range(100))
    write_tree(
        tmp_path / "d", {"plain-name/x/0.csv": "a,b\n1,2\n", "other.zarr/x": "", "y.zarr": ""}
    )
    (tmp_path / "d/link.zarr").symlink_to(tmp_path / "d/plain-name")
    listing = list_files(tmp_path / "d", Budget())
    assert [(str(file.path), file.file_type) for file in listing.files] == [
        ("other.zarr/x", None),
        ("plain-name", "zarr"),
        ("y.zarr", None),
    ]
    assert listing.files[1].size_bytes == 800
    assert draft(tmp_path / "d", tmp_path).files == 1
    assert len(loaded(tmp_path / "d", tmp_path)) == 100


@pytest.mark.parametrize("text", ["{", "[]", '{"zarr_format": 3, "node_type": "array"}'])
def test_store_that_cannot_be_read_is_named(text: str, tmp_path: Path) -> None:
    write_tree(tmp_path, {"bad.zarr/zarr.json": text})
    with pytest.raises(DatasetError, match=r"/bad\.zarr cannot be read as Zarr"):
        draft(tmp_path / "bad.zarr", tmp_path)


def test_store_without_an_array_is_named(tmp_path: Path) -> None:
    write(tmp_path / "d.zarr", 3, scalar=1)
    with pytest.raises(DatasetError, match=r"/d\.zarr holds no array"):
        draft(tmp_path / "d.zarr", tmp_path)


@pytest.mark.attack("catalog hostile files")
def test_links_that_go_round_in_a_store_end(tmp_path: Path) -> None:
    write(tmp_path / "d.zarr", 3, x=[1, 2])
    for name in ("again", "and-again"):
        (tmp_path / "d.zarr" / name).symlink_to(".")
    assert draft(tmp_path / "d.zarr", tmp_path).examples == 2
