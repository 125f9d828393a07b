"""What the Hub takes of a pack: every reason against it is reported before anything is sent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from huggingnersc.domain.catalog.record import RecordedFile
from huggingnersc.domain.packing.pack import Compress, Pack, PackedShard, PackSource, ShardForm
from huggingnersc.domain.packing.upload_limits import (
    pack_problems,
    size_problems,
    upload_of,
    upload_warnings,
)
from tests.builders import record_of

RECORD = record_of("iris")


def pack(count: int = 1, size: int = 10, **source: str) -> Pack:
    shards = tuple(
        PackedShard(
            path=f"data/train-{number:05}-of-{count:05}.parquet",
            split="train",
            samples=1,
            size_bytes=size,
            sha256="a" * 64,
            manifest_sha256="b" * 64,
        )
        for number in range(count)
    )
    return Pack(
        form=ShardForm.PARQUET,
        compress=Compress.NONE,
        source=PackSource(**source),
        options={},
        shards=shards,
        plan_sha256="c" * 64,
    )


def problems(given: Pack, others: int = 0, **changes: Any) -> list[str]:
    record = replace(RECORD, **changes)
    upload = upload_of(given, "d" * 64)
    return [problem.where for problem in pack_problems(given, upload, record, others)]


def test_a_pack_of_the_dataset_or_of_a_folder_is_taken() -> None:
    assert problems(pack(3)) == []
    assert problems(pack(3, nickname="iris", version="v1")) == []


@pytest.mark.parametrize(
    ("given", "others", "where"),
    [
        (pack(nickname="digits"), 0, ["pack.json"]),
        (pack(0), 0, ["pack.json"]),
        (pack(10_001), 0, ["pack.json"]),
        (pack(2), 99_999, ["Hub"]),
        (pack(2, 600 * 10**9, nickname="digits"), 0, ["pack.json", "data", "data"]),
    ],
)
def test_a_pack_that_the_hub_would_not_take_is_refused(
    given: Pack, others: int, where: list[str]
) -> None:
    assert [one.partition("/")[0] for one in problems(given, others)] == where


def test_tar_files_in_zstandard_are_refused_as_datasets_does_not_load_them() -> None:
    assert problems(replace(pack(), compress=Compress.ZST)) == ["pack.json"]


def test_a_script_called_data_is_in_the_way() -> None:
    assert problems(pack(), hub_files=(RecordedFile("data", 1, "e" * 40),)) == ["Hub"]


def test_every_shard_that_is_not_as_it_was_packed_is_named() -> None:
    given = pack(3)
    first, second, third = (shard.path for shard in given.shards)
    found = size_problems(given, {first: 10, second: 9, third: None})
    assert [problem.where for problem in found] == [second, third]


@pytest.mark.parametrize(
    ("given", "private", "count"),
    [
        (pack(), True, 0),
        (pack(1, 101 * 10**9), False, 0),
        (pack(1, 101 * 10**9), True, 1),
        (pack(1, 201 * 10**9), False, 1),
    ],
)
def test_what_may_cost_later_is_a_warning(given: Pack, *, private: bool, count: int) -> None:
    assert len([*upload_warnings(given, RECORD, private=private)]) == count
