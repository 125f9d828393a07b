from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from huggingnersc.domain.packing.pack import (
    Compress,
    Pack,
    PackedShard,
    PackSource,
    ShardForm,
    pack_bytes,
    parse_pack,
    shard_extension,
    shard_path,
)

_DIGEST = "0f" * 32


def _shard(split: str, number: int, count: int, extension: str = "tar.gz") -> PackedShard:
    return PackedShard(
        path=shard_path(split, number, count, extension),
        split=split,
        samples=3,
        size_bytes=10,
        sha256=_DIGEST,
        manifest_sha256=_DIGEST,
    )


_PACK = Pack(
    form=ShardForm.WEBDATASET,
    compress=Compress.GZ,
    source=PackSource(path="/data/ünicode", nickname="iris", version="v1"),
    options={"seed": 42, "split": {"train": "0.75", "test": "0.25"}},
    shards=(_shard("train", 0, 2), _shard("train", 1, 2), _shard("test", 0, 1)),
    plan_sha256=_DIGEST,
    features=[{"name": "png", "dtype": "image"}],
    left_out={"symbolic link": 2},
)


def test_a_pack_that_was_written_is_read_as_it_was() -> None:
    assert parse_pack(pack_bytes(_PACK)) == _PACK


def test_the_splits_of_a_pack_keep_their_order_and_count_its_shards() -> None:
    splits = json.loads(pack_bytes(_PACK))["splits"]
    assert [*splits.items()] == [
        ("train", {"samples": 6, "shards": 2, "size_bytes": 20}),
        ("test", {"samples": 3, "shards": 1, "size_bytes": 10}),
    ]


def test_a_manifest_has_the_name_of_its_shard() -> None:
    assert _PACK.shards[0].manifest_path == "manifests/train-00000-of-00002.tsv"
    parquet = _shard("v1.0", 0, 1, shard_extension(ShardForm.PARQUET))
    assert parquet.manifest_path == "manifests/v1.0-00000-of-00001.tsv"


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"form": "zip"},
        {"compress": "none"},
        {"unknown": 1},
        {"shards": [{"path": "data/../../etc/passwd"}]},
        {"splits": {}},
    ],
)
def test_what_no_pack_can_hold_is_refused(change: dict[str, Any]) -> None:
    content = json.loads(pack_bytes(_PACK)) | change
    with pytest.raises(ValueError, match=r"."):
        parse_pack(json.dumps(content).encode())


@pytest.mark.parametrize(
    "change",
    [{"path": "data/../x.tar"}, {"split": "../train"}, {"sha256": "x"}, {"samples": -1}],
)
def test_a_shard_with_a_path_or_number_that_is_none_is_refused(change: dict[str, Any]) -> None:
    shards = (replace(_PACK.shards[0], **change), *_PACK.shards[1:])
    with pytest.raises(ValueError, match=r"."):
        parse_pack(pack_bytes(replace(_PACK, shards=shards)))
