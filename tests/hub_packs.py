"""Small packs, as `pack_dataset` writes them, for tests of what becomes of them on a Hub."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.packing.pack import (
    Compress,
    Pack,
    PackedShard,
    PackSource,
    ShardForm,
    manifest_path,
    pack_bytes,
    shard_extension,
    shard_path,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PARQUET_FEATURES: list[dict[str, Any]] = [
    {"name": "number", "dtype": "int64"},
    {"name": "label", "dtype": {"class_label": {"names": {"0": "even", "1": "odd"}}}},
]
SPLITS = {"train": (3, 2), "test": (2,)}  # samples in each shard


def parquet_pack(
    folder: Path, splits: Mapping[str, tuple[int, ...]] = SPLITS, *, first: int = 0, **about: str
) -> Path:
    """A pack of Parquet shards with a number from `first` on and its parity in each row."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    def content(numbers: range) -> bytes:
        out = io.BytesIO()
        labels = [number % 2 for number in numbers]
        table = pa.table({"number": pa.array(numbers, pa.int64()), "label": labels})
        pq.write_table(table, out)
        return out.getvalue()

    contents = _numbered(splits, first, content)
    return _written(folder, contents, ShardForm.PARQUET, PARQUET_FEATURES, **about)


def webdataset_pack(
    folder: Path, splits: Mapping[str, tuple[int, ...]] = SPLITS, *, first: int = 0, **about: str
) -> Path:
    """A pack of tar files with a text and its parity as JSON for each sample."""

    def content(numbers: range) -> bytes:
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
            for number in numbers:
                for suffix, value in (("txt", f"{number}"), ("json", f'{{"odd": {number % 2}}}')):
                    member = tarfile.TarInfo(f"{number:04}.{suffix}")
                    member.size = len(value)
                    tar.addfile(member, io.BytesIO(value.encode()))
        return out.getvalue()

    contents = _numbered(splits, first, content)
    return _written(folder, contents, ShardForm.WEBDATASET, [], **about)


def _numbered(splits: Mapping[str, tuple[int, ...]], first: int, content: Any) -> Any:
    found: dict[str, list[tuple[int, bytes]]] = {}
    for split, counts in splits.items():
        for count in counts:
            made = content(range(first, first + count))
            found.setdefault(split, []).append((count, made))
            first += count
    return found


def _written(
    folder: Path,
    contents: dict[str, list[tuple[int, bytes]]],
    form: ShardForm,
    features: list[dict[str, Any]],
    **about: str,
) -> Path:
    (folder / "data").mkdir(parents=True)
    (folder / "manifests").mkdir()
    shards = []
    for split, pieces in contents.items():
        for number, (samples, content) in enumerate(pieces):
            path = shard_path(split, number, len(pieces), shard_extension(form))
            (folder / path).write_bytes(content)
            listed = json.dumps(path).encode()  # no manifest, but the bytes of one
            (folder / manifest_path(path)).write_bytes(listed)
            shards.append(
                PackedShard(
                    path=path,
                    split=split,
                    samples=samples,
                    size_bytes=len(content),
                    sha256=hashlib.sha256(content).hexdigest(),
                    manifest_sha256=hashlib.sha256(listed).hexdigest(),
                )
            )
    pack = Pack(
        form=form,
        compress=Compress.NONE,
        source=PackSource(**about),
        options={},
        shards=tuple(shards),
        plan_sha256="0" * 64,
        features=features,
    )
    (folder / "pack.json").write_bytes(pack_bytes(pack))
    return folder
