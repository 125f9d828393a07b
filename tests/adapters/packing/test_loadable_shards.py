from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.packing.loadable_shards import is_loadable
from huggingnersc.domain.packing.pack import (
    Compress,
    Pack,
    PackedShard,
    PackSource,
    ShardForm,
    manifest_path,
    shard_path,
)
from tests.builders import write_tree

if TYPE_CHECKING:
    from pathlib import Path


def _pack(folder: Path, train: list[str], test: list[str], **options: str) -> Pack:
    """Return a pack with a shard for each split, whose samples have files of these types."""
    shards = []
    for split, samples in (("train", train), ("test", test)):
        path = shard_path(split, 0, 1, "tar")
        named = [(number, kind) for number, kinds in enumerate(samples) for kind in kinds.split()]
        lines = "".join(f"v.1/{number}.{kind}\t-\t1\n" for number, kind in named)
        write_tree(folder, {manifest_path(path): lines})
        shards.append(
            PackedShard(
                path=path,
                split=split,
                samples=len(samples),
                size_bytes=1,
                sha256="0" * 64,
                manifest_sha256="0" * 64,
            )
        )
    return Pack(
        form=ShardForm(options.get("form", "webdataset")),
        compress=Compress(options.get("compress", "none")),
        source=PackSource(path="/source"),
        options={},
        shards=tuple(shards),
        plan_sha256="0" * 64,
        features=[{"name": name, "dtype": "binary"} for name in options.get("names", "").split()],
    )


@pytest.mark.parametrize(
    ("train", "test", "names", "loads"),
    [
        (["a b"] * 6, ["a b"] * 6, "a b __key__", True),
        (["a b", "b"] * 3, ["a b"] * 5 + ["b"], "a b", True),
        (["a b"] * 6, ["a b", "b a", "a.b"], "", False),
        (["a b"] * 6, ["a b", "b a"], "", True),
        (["a b"] * 6, ["a"] * 6, "a b", False),
        (["a"] * 6, ["a"] * 4 + ["b"], "", False),
        (["a"] * 6, [], "", False),
    ],
)
def test_the_first_samples_of_the_last_split_decide(
    tmp_path: Path, train: list[str], test: list[str], names: str, loads: bool
) -> None:
    assert is_loadable(tmp_path, _pack(tmp_path, train, test, names=names)) is loads


def test_the_form_may_decide_before_a_manifest_is_read(tmp_path: Path) -> None:
    pack = _pack(tmp_path / "other", ["a"], ["a"], form="parquet")
    assert is_loadable(tmp_path, pack)
    assert not is_loadable(tmp_path, _pack(tmp_path / "other", ["a"], ["a"]))
    assert not is_loadable(tmp_path, _pack(tmp_path, ["a"], ["a"], compress="zst"))
