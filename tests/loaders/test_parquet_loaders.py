"""Parquet files as other programs write them: in folders that hold a part of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc import init_dataset
from tests.data_files import DATA_EXTRA
from tests.loaders.loading import names_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def library() -> None:
    pytest.importorskip("pyarrow", reason=DATA_EXTRA)


def write(file: Path, **columns: Any) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    file.parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(pa.table(columns), file)


def test_keys_in_the_names_of_folders_are_in_each_row(tmp_path: Path) -> None:
    data = tmp_path / "d"
    for year in (2020, 2021):
        write(data / f"year={year}/station=a b/part-0.parquet", t=[year - 2000.5, 1.0])
    result = init_dataset(data, nickname="traced", output=tmp_path / "out", site="local")
    rows = [*names_of(tmp_path / "out/traced_loader.py")["load"](data)]
    assert rows[0] == {"t": 19.5, "year": "2020", "station": "a b"}
    assert [row["year"] for row in rows] == ["2020", "2020", "2021", "2021"]
    assert result.examples == 4


def test_split_by_file_names_is_read_alone(tmp_path: Path) -> None:
    data = tmp_path / "d"
    write(data / "train-00000-of-00001.parquet", x=[1, 2], y=[[0.5], []])
    write(data / "test-00000-of-00001.parquet", x=[3], y=[[1.5]])
    result = init_dataset(data, nickname="traced", output=tmp_path / "out", site="local")
    load = names_of(tmp_path / "out/traced_loader.py")["load"]
    assert result.splits == {"train": 2, "test": 1}
    assert [*load(data)] == [{"x": 1, "y": [0.5]}, {"x": 2, "y": []}]
    assert [*load(data, "test")] == [{"x": 3, "y": [1.5]}]


def test_columns_and_their_types_are_shown_and_no_tag_is_invented(tmp_path: Path) -> None:
    write(tmp_path / "d/a.parquet", x=[1, None], name=["a", "b"], deep=[{"p": [1]}, None])
    result = init_dataset(tmp_path / "d", output=tmp_path / "out", site="local")
    assert result.columns == {
        "x": "int64",
        "name": "string",
        "deep": "struct<p: list<element: int64>>",
    }
    assert "tags" not in result.metadata["datacard_tags"]


def test_distributed_loader_names_the_columns_that_it_leaves_out(tmp_path: Path) -> None:
    write(tmp_path / "d/a.parquet", x=[1, 2], name=["a", "b"])
    result = init_dataset(tmp_path / "d", distributed=True, output=tmp_path / "o", site="local")
    assert "A distributed loader reads numbers only; left out: name." in result.warnings
