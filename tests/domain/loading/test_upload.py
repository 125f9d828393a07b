"""What was uploaded: written and read strictly, and as the card tells it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from huggingnersc.domain.loading.upload import (
    Upload,
    UploadedShard,
    UploadForm,
    read_upload,
    upload_json,
)
from huggingnersc.domain.loading.upload_card import dataset_info, upload_config, upload_lines


def shard(path: str, split: str = "train", samples: int = 3, size: int = 10) -> UploadedShard:
    return UploadedShard(path=path, split=split, samples=samples, size_bytes=size, sha256="a" * 64)


UPLOAD = Upload(
    form=UploadForm.PARQUET,
    pack_sha256="b" * 64,
    shards=(
        shard("data/train-00000-of-00002.parquet"),
        shard("data/train-00001-of-00002.parquet"),
        shard("data/test-00000-of-00001.parquet", "test", 1, 5),
    ),
    features=({"name": "image", "dtype": "image"},),
    version="v1",
)


def test_what_is_written_is_read() -> None:
    for upload in (UPLOAD, replace(UPLOAD, source="/data/iris")):
        assert read_upload(json.loads(json.dumps(upload_json(upload)))) == upload


def test_the_card_has_a_pattern_for_shards_and_the_path_of_one_alone() -> None:
    config = upload_config(UPLOAD)
    assert config["default"] is True
    assert config["data_files"] == [
        {"split": "train", "path": "data/train-*-of-00002.parquet"},
        {"split": "test", "path": "data/test-00000-of-00001.parquet"},
    ]
    cut = replace(UPLOAD, shards=UPLOAD.shards[1:])  # no pattern may find a shard that is not ours
    assert upload_config(cut)["data_files"][0]["path"] == UPLOAD.shards[1].path


def test_the_counts_are_those_that_datasets_checks() -> None:
    info = dataset_info(UPLOAD)
    assert [(one["name"], one["num_examples"]) for one in info["splits"]] == [
        ("train", 6),
        ("test", 1),
    ]
    assert (info["download_size"], info["features"]) == (25, list(UPLOAD.features))


def test_webdataset_shards_are_loaded_from_a_repository_of_their_own() -> None:
    beside = replace(UPLOAD, form=UploadForm.WEBDATASET)
    assert upload_lines(beside, "NERSC/iris")[0].startswith(
        'data = load_dataset("NERSC/iris-shards")'
    )


@pytest.mark.parametrize(
    "change",
    [
        {"form": "zip"},
        {"pack_sha256": "b"},
        {"shards": []},
        {"shards": [{}]},
        {"shards": "all"},
        {"features": [{"dtype": "image"}]},
        {"features": ["image"]},
        {"features": [{"name": "x" * (1 << 20)}]},
        {"version": "../v1"},
        {"card_oid": "../x"},
        {"source": 1},
    ],
)
def test_an_upload_that_was_not_written_here_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="what was uploaded"):
        read_upload(upload_json(UPLOAD) | change)


@pytest.mark.parametrize(
    "change",
    [
        {"path": "README.md"},
        {"path": "data/../README.md"},
        {"path": "data/train-00000-of-00002.tar"},
        {"path": "data/train\n-00000-of-00002.parquet"},
        {"split": "test"},
        {"sha256": "A" * 64},
        {"samples": -1},
        {"samples": True},
        {"size_bytes": 1 << 63},
    ],
)
def test_a_shard_that_was_not_written_here_is_refused(change: dict[str, Any]) -> None:
    content = upload_json(UPLOAD)
    content["shards"][0] |= change
    with pytest.raises(ValueError, match="what was uploaded"):
        read_upload(content)


def test_a_shard_is_named_once() -> None:
    content = upload_json(UPLOAD)
    content["shards"][1] = content["shards"][0]
    with pytest.raises(ValueError, match="twice"):
        read_upload(content)
