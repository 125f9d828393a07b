"""Parquet shards, as `datasets` reads them."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc.adapters.packing.arrow_types import arrow_schema, feature_of
from huggingnersc.adapters.packing.parquet_shard import ParquetShard
from huggingnersc.domain.packing.features import (
    IMAGE,
    array_of,
    card_features,
    class_label,
    list_of,
    value,
)
from huggingnersc.domain.packing.png import png_bytes
from tests.classic_sets import gray_pixels
from tests.data_files import DATA_EXTRA

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.domain.packing.features import Feature

pytest.importorskip("pyarrow", reason=DATA_EXTRA)

_FEATURES: dict[str, Feature] = {
    "image": IMAGE,
    "video": list_of(IMAGE),
    "n_frames": value("int32"),
    "label": class_label(["cat", "dog"]),
    "raw": value("binary"),
    "field": array_of("float32", (2, 3)),
    "waves": array_of("float32", (None, 2)),
    "vector": array_of("int16", (3,)),
    "record": {"x": value("float64"), "y": list_of(value("string"))},
    "when": value("timestamp[us, tz=UTC]"),
    "day": value("date32"),
    "deep": list_of(list_of(value("bool"))),
}


def _image(number: int) -> dict[str, Any]:
    return {"bytes": png_bytes(gray_pixels(number), 4, 4), "path": f"{number}.png"}


def _row(number: int) -> dict[str, Any]:
    return {
        "image": _image(number),
        "video": [_image(number + at) for at in range(number)],
        "n_frames": number,
        "label": number % 2,
        "raw": bytes((number,)),
        "field": [[number, 1, 2], [3, 4, 5]],
        "waves": [[0.5, 1.5]] * (number + 1),
        "vector": [number, 2, 3],
        "record": {"x": number / 2, "y": ["a"] * number},
        "when": None,
        "day": None,
        "deep": [[True], []],
    }


def _shard(rows: int) -> bytes:
    file = BytesIO()
    with ParquetShard(file, arrow_schema(_FEATURES)) as shard:
        for number in range(rows):
            shard.add(_row(number), 10 << 20)
    return file.getvalue()


def test_datasets_has_the_features_and_values_without_a_card(tmp_path: Path) -> None:
    pytest.importorskip("PIL", reason=DATA_EXTRA)
    datasets = pytest.importorskip("datasets")
    features = datasets.Features.from_dict(_FEATURES)
    (tmp_path / "train.parquet").write_bytes(_shard(5))
    for streaming in (False, True):
        loaded = datasets.load_dataset(
            "parquet",
            data_files=str(tmp_path / "train.parquet"),
            split="train",
            streaming=streaming,
            cache_dir=str(tmp_path / "cache"),
        )
        assert loaded.features == features
        row = list(loaded)[3]
        assert row["image"].tobytes() == gray_pixels(3)
        assert [one.tobytes() for one in row["video"]] == [*map(gray_pixels, (3, 4, 5))]
        assert (row["n_frames"], row["label"], row["raw"]) == (3, 1, b"\3")
        assert [list(one) for one in row["field"]] == [[3, 1, 2], [3, 4, 5]]
        assert len(row["waves"]) == 4


def test_the_card_lists_features_as_datasets_does() -> None:
    datasets = pytest.importorskip("datasets")
    features = datasets.Features.from_dict(_FEATURES)
    assert card_features(_FEATURES) == features._to_yaml_list()


def test_types_of_columns_come_back() -> None:
    plain = {key: one for key, one in _FEATURES.items() if "Value" in str(one)}
    assert {field.name: feature_of(field.type) for field in arrow_schema(plain)} == plain


def test_the_same_rows_give_the_same_bytes_in_several_groups() -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    content = _shard(9)
    assert content == _shard(9)
    assert parquet.read_metadata(BytesIO(content)).num_row_groups == 3
