"""Tables as Parquet shards."""

from __future__ import annotations

import csv
import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc.adapters.packing.table_scan import NO_SPLIT
from huggingnersc.errors import PackingError, SourceUnsuitableError
from tests.adapters.packing.packed import pack_tables
from tests.builders import write_tree
from tests.data_files import DATA_EXTRA, write_hdf5

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

arrow = pytest.importorskip("pyarrow", reason=DATA_EXTRA)
parquet = pytest.importorskip("pyarrow.parquet", reason=DATA_EXTRA)
pytest.importorskip("numpy", reason=DATA_EXTRA)

_ROWS = 900
_SHARES = "train=0.75,validation=0.15,test=0.1"


def _write(file: Path, numbers: Iterable[int]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    opened = gzip.open if file.suffix == ".gz" else open
    with opened(file, "wt", newline="") as text:
        rows = csv.writer(text)
        rows.writerow(["id", "who", "code", "text"])
        for number in numbers:
            rows.writerow([number, f"p{number % 7}", f"{number:04}", 'a "b"\nc' * (number % 5)])


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Two files of CSV with line ends within cells, one gzipped, and two without rows."""
    _write(tmp_path / "in/a.csv", range(600))
    _write(tmp_path / "in/b.csv.gz", range(600, _ROWS))
    write_tree(
        tmp_path / "in", {"README.md": "what it is", "0.csv": "", "z.csv": "id,who,code,text"}
    )
    return tmp_path / "in"


def _ids(tables: dict[str, Any]) -> list[int]:
    return sorted(number for one in tables.values() for number in one["id"].to_pylist())


def test_every_row_is_in_one_split_and_splits_have_their_shares(
    tmp_path: Path, table: Path
) -> None:
    pack = pack_tables(table, tmp_path / "out", split=_SHARES, shard_size_bytes=9_000)
    assert {name: one.num_rows for name, one in pack.tables.items()} == {
        "train": 675,
        "validation": 135,
        "test": 90,
    }
    assert _ids(pack.tables) == [*range(_ROWS)]
    assert pack.sums == pack.plan.keys_sum
    assert pack.plan.splits[0].shards > 1
    row = pack.tables["test"].to_pylist()[0]
    assert (row["code"], row["who"]) == (f"{row['id']:04}", f"p{row['id'] % 7}")
    assert dict(pack.plan.left_out) == {"about the data, such as a README": 1}


def test_the_rows_of_a_split_do_not_depend_on_the_size_of_shards(
    tmp_path: Path, table: Path
) -> None:
    small = pack_tables(table, tmp_path / "small", split=_SHARES, shard_size_bytes=9_000)
    large, again = (pack_tables(table, tmp_path / out, split=_SHARES) for out in ("one", "two"))
    assert large.digests == again.digests
    other = pack_tables(table, tmp_path / "other", split=_SHARES, seed=6)
    assert other.digests != large.digests
    for split, rows in large.tables.items():
        numbers = rows["id"].to_pylist()
        assert sorted(numbers) == sorted(small.tables[split]["id"].to_pylist()) != numbers


def test_proportions_of_a_column_are_kept(tmp_path: Path, table: Path) -> None:
    pack = pack_tables(table, tmp_path / "out", split=_SHARES, stratify_by="who")
    for number in range(7):
        total = len(range(number, _ROWS, 7))
        for name, share in (("train", 0.75), ("validation", 0.15), ("test", 0.1)):
            count = pack.tables[name]["who"].to_pylist().count(f"p{number}")
            assert abs(count - total * share) < 1


def test_rows_of_a_value_are_kept_together(tmp_path: Path, table: Path) -> None:
    pack = pack_tables(table, tmp_path / "out", split="train=0.7,test=0.3", keep_together="who")
    train, test = ({*pack.tables[name]["who"].to_pylist()} for name in ("train", "test"))
    assert not train & test
    assert _ids(pack.tables) == [*range(_ROWS)]


def test_splits_that_files_name_are_kept(tmp_path: Path) -> None:
    _write(tmp_path / "in/train/a.csv", range(5))
    _write(tmp_path / "in/test/a.csv", range(5, 8))
    pack = pack_tables(tmp_path / "in", tmp_path / "out")
    assert {name: one.num_rows for name, one in pack.tables.items()} == {"train": 5, "test": 3}
    for shares in ("train=1/2,test=1/2", "a=1/2,b=1/2"):
        with pytest.raises(PackingError):
            pack_tables(tmp_path / "in", tmp_path / "other", split=shares)


@pytest.mark.parametrize(
    "options", [{}, {"shard_size_bytes": 9_000}, {"stratify_by": "who"}, {"keep_together": "who"}]
)
def test_shares_that_name_one_split_of_tables_divide_it_and_keep_the_others(
    tmp_path: Path, options: dict[str, Any]
) -> None:
    _write(tmp_path / "in/train.csv", range(300))
    _write(tmp_path / "in/u/test.csv.gz", range(300, 400))
    _write(tmp_path / "in/v/train.csv", range(400, 500))
    shares = "train=0.75,validation=0.25"
    pack = pack_tables(tmp_path / "in", tmp_path / "out", split=shares, **options)
    ids = {name: {*rows["id"].to_pylist()} for name, rows in pack.tables.items()}
    assert [*ids] == [split.name for split in pack.plan.splits] == ["train", "validation", "test"]
    assert ids["test"] == {*range(300, 400)}
    assert _ids(pack.tables) == [*range(500)]
    assert pack.sums == pack.plan.keys_sum
    kept_together = "keep_together" in options
    assert abs(len(ids["validation"]) - 100) < (400 / 7 if kept_together else 7)
    assert ids["validation"] & {*range(300)}
    assert ids["validation"] & {*range(400, 500)}
    if kept_together:
        train, validation = ({*pack.tables[name]["who"].to_pylist()} for name in [*ids][:2])
        assert not train & validation
    asked = [split.asked for split in pack.plan.splits]
    assert asked == [pytest.approx(0.6), pytest.approx(0.2), None]
    again = pack_tables(tmp_path / "in", tmp_path / "again", split=shares, **options)
    assert again.digests == pack.digests


@pytest.mark.parametrize("other", ["extra.csv", "unlabeled/a.csv"])
def test_tables_of_no_split_are_not_mixed_with_those_of_train_and_test(
    other: str, tmp_path: Path
) -> None:
    _write(tmp_path / "in/train.csv", range(5))
    _write(tmp_path / "in/test.csv", range(5, 8))
    _write(tmp_path / "in" / other, range(8, 12))
    pack = pack_tables(tmp_path / "in", tmp_path / "out")
    assert {name: one.num_rows for name, one in pack.tables.items()} == {"train": 5, "test": 3}
    assert pack.plan.left_out[NO_SPLIT] == 1
    divided = pack_tables(tmp_path / "in", tmp_path / "other", split="train=0.6,validation=0.4")
    found = {name: one.num_rows for name, one in divided.tables.items()}
    assert found == {"train": 3, "validation": 2, "test": 3}


def test_rows_of_json_have_one_schema_in_all_shards(tmp_path: Path) -> None:
    rows = [{"id": 1, "in": {"z": [1], "a": None}}, {"id": 2.5, "in": {"z": []}, "new": True}]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    other = '{"id": 3, "in": {"a": "x"}}'
    write_tree(tmp_path / "in", {"train.jsonl": lines, "test.jsonl": other})
    pack = pack_tables(tmp_path / "in", tmp_path / "out")
    assert pack.plan.layout.features[0] == {"name": "id", "dtype": "float64"}
    assert pack.tables["test"].schema == pack.tables["train"].schema
    (row,) = pack.tables["test"].to_pylist()
    assert row == {"id": 3.0, "in": {"z": None, "a": "x"}, "new": None}


def test_parquet_keeps_the_types_it_declares(tmp_path: Path) -> None:
    features = {"label": {"names": ["cat", "dog"], "_type": "ClassLabel"}}
    about = {"huggingface": json.dumps({"info": {"features": features}})}
    rows = arrow.table({"label": arrow.array([0, 1, 1])}).replace_schema_metadata(about)
    (tmp_path / "in").mkdir()
    parquet.write_table(rows, tmp_path / "in/a.parquet", row_group_size=1)
    pack = pack_tables(tmp_path / "in", tmp_path / "out", split="train=2/3,test=1/3")
    assert pack.plan.layout.features[0]["dtype"] == {
        "class_label": {"names": {"0": "cat", "1": "dog"}}
    }
    assert {name: one.num_rows for name, one in pack.tables.items()} == {"train": 2, "test": 1}


def test_arrays_of_hdf5_that_stand_side_by_side_are_a_table(tmp_path: Path) -> None:
    pytest.importorskip("h5py", reason=DATA_EXTRA)
    pack = pack_tables(write_hdf5(tmp_path / "in", (20, 3)), tmp_path / "out")
    assert pack.plan.layout.features == [
        {"name": "jets_x", "list": "float32", "length": 4},
        {"name": "id", "dtype": "int64"},
        {"name": "name", "dtype": "string"},
    ]
    rows = pack.tables["train"].to_pylist()
    assert sorted(row["id"] for row in rows) == [*range(23)]
    assert all(row["jets_x"] == [row["id"]] * 4 for row in rows)
    assert {said: count for said, count in pack.plan.left_out.items() if "HDF5" in said} == {
        "HDF5 arrays bins (11 rows)": 2
    }


def _write_arrays(file: Path, **lengths: int) -> None:
    h5py = pytest.importorskip("h5py", reason=DATA_EXTRA)
    file.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(file, "w") as opened:
        for name, length in lengths.items():
            opened[name.replace("_", "/")] = [1.5] * length


def test_every_array_of_hdf5_that_is_no_column_is_counted_and_named(tmp_path: Path) -> None:
    _write_arrays(tmp_path / "in/1.h5", x=20, y=20, short=7, info_a=2, info_b=2)
    _write_arrays(tmp_path / "in/2.h5", x=30, y=30, short=9, side_z=5)
    plan = pack_tables(tmp_path / "in", tmp_path / "out").plan
    assert dict(plan.left_out) == {
        "HDF5 arrays short (7 to 9 rows)": 2,
        "HDF5 array info/a (2 rows)": 1,
        "HDF5 array info/b (2 rows)": 1,
        "HDF5 array side/z (5 rows)": 1,
    }
    assert plan.splits[0].samples == 50


def test_records_of_hdf5_do_not_hide_the_arrays_beside_them(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py", reason=DATA_EXTRA)
    (tmp_path / "in").mkdir()
    with h5py.File(tmp_path / "in/a.h5", "w") as opened:
        opened.create_dataset("records", 9, dtype=[("a", "f4"), ("b", "i4")])
        opened["other"], opened["one"] = [1.5] * 4, 2.5
    plan = pack_tables(tmp_path / "in", tmp_path / "out").plan
    assert [feature["name"] for feature in plan.layout.features] == ["a", "b"]
    assert sum(plan.left_out.values()) == 2


@pytest.mark.parametrize(
    ("first", "second", "named"),
    [
        ({"a_x": 20, "b_y": 30}, {}, ("a/x", "b/y", "1.h5")),
        ({"x": 20, "y": 20}, {"x": 5}, ("y", "2.h5")),
        ({"x": 20}, {"x": 5, "z": 5}, ("z", "2.h5")),
        ({"x": 20, "y": 20}, {"x": 5, "y": 6}, ("x has 5", "y has 6", "2.h5")),
    ],
)
def test_arrays_of_hdf5_that_make_no_one_table_are_named(
    tmp_path: Path, first: dict[str, int], second: dict[str, int], named: tuple[str, ...]
) -> None:
    _write_arrays(tmp_path / "in/1.h5", **first)
    if second:
        _write_arrays(tmp_path / "in/2.h5", **second)
    with pytest.raises(SourceUnsuitableError) as caught:
        pack_tables(tmp_path / "in", tmp_path / "out")
    (problem,) = caught.value.problems
    assert all(word in str(problem) for word in named)
    assert caught.value.hint is not None


def test_every_table_that_does_not_fit_is_named(tmp_path: Path) -> None:
    _write(tmp_path / "in/a.csv", range(5))
    texts = {"b.csv": "id,other\n1,2\n", "c.csv": "id,who,code,text\n1,2\n"}
    write_tree(tmp_path / "in", {**texts, "d.csv": b"\xff\xfea\0"})
    with pytest.raises(SourceUnsuitableError) as caught:
        pack_tables(tmp_path / "in", tmp_path / "out")
    said = " ".join(str(problem) for problem in caught.value.problems)
    assert all(name in said for name in ("b.csv", "c.csv", "d.csv"))
    assert "a.csv" not in said


@pytest.mark.parametrize(
    "options",
    [
        {"stratify_by": "nothing"},
        {"stratify_by": "who", "keep_together": "who"},
        {"by": "bytes"},
        {"keep_together": "nothing"},
    ],
)
def test_options_that_do_not_fit_are_refused(
    tmp_path: Path, table: Path, options: dict[str, str]
) -> None:
    with pytest.raises(PackingError):
        pack_tables(table, tmp_path / "out", split=_SHARES, **options)
