"""A pack: shards of a dataset with their splits, described by `pack.json`.

    OUT/pack.json                                  what is in the pack
    OUT/data/train-00000-of-00004.tar              the shards, named as `datasets` finds splits
    OUT/manifests/train-00000-of-00004.tsv         one line a member, see `member_line`

`pack.json` is written last, so a folder without it is unfinished. It holds no time and nothing of
the machine but the path of the source: the same input and seed make the same bytes.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

from huggingnersc.domain.metadata.json_document import read_document, validated
from huggingnersc.type_adapter import type_adapter

FORMAT = 1
PACK_FILE = "pack.json"
DATA_DIR = "data"
MANIFESTS_DIR = "manifests"
MAX_PACK_BYTES = 64 << 20
_SHA256 = re.compile(r"[0-9a-f]{64}")
SPLIT_NAME = re.compile(r"[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*")  # what `datasets` takes as a split
_SHARD = re.compile(
    rf"data/({SPLIT_NAME.pattern})-(\d{{5,}})-of-(\d{{5,}})\.(?:tar|tar\.gz|tar\.zst|parquet)"
)


class ShardForm(StrEnum):
    """What the shards are."""

    WEBDATASET = "webdataset"
    PARQUET = "parquet"


class Compress(StrEnum):
    """How the tar files of a pack are compressed."""

    NONE = "none"
    GZ = "gz"
    ZST = "zst"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackSource:
    """What a pack was made of.

    Attributes:
        path: the folder, absolute; empty where the source is no folder. Bytes that are no UTF-8
            are escaped.
        nickname: of the cataloged dataset; empty where the source is a folder.
        version: its name; empty where the source is none.
        manifest_sha256: that of the version's manifest, 64 hexadecimal digits; else empty.
    """

    path: str = ""
    nickname: str = ""
    version: str = ""
    manifest_sha256: str = ""

    @property
    def title(self) -> str:
        """What it is called; empty where that is not known."""
        return "@".join(filter(None, (self.nickname, self.version))) or self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitCounts:
    """How much a split holds; `size_bytes` is that of its shards."""

    samples: int
    size_bytes: int
    shards: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedShard:
    """A shard of a pack.

    Attributes:
        path: below the pack, such as `data/train-00000-of-00004.tar`.
        split: the split that it is a part of.
        samples: how many it holds.
        size_bytes: of the file.
        sha256: of the file.
        manifest_sha256: of its manifest.
    """

    path: str
    split: str
    samples: int
    size_bytes: int
    sha256: str
    manifest_sha256: str

    @property
    def manifest_path(self) -> str:
        """The path of its manifest below the pack."""
        return manifest_path(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """The content of `pack.json`.

    Attributes:
        form: what the shards are.
        compress: how they are compressed.
        source: what was packed.
        options: how it was packed, as given.
        shards: sorted by split (train, validation, test, others) and number.
        plan_sha256: the digest of the names, sizes and known hashes of what was packed.
        features: the columns, as `dataset_info` in a card writes them.
        left_out: how many files are no part of a sample, by reason.
    """

    form: ShardForm
    compress: Compress
    source: PackSource
    options: dict[str, Any]
    shards: tuple[PackedShard, ...]
    plan_sha256: str
    features: list[dict[str, Any]] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)

    @property
    def splits(self) -> dict[str, SplitCounts]:
        """How much each split holds, in the order of the shards."""
        found: dict[str, list[PackedShard]] = {}
        for shard in self.shards:
            found.setdefault(shard.split, []).append(shard)
        return {
            split: SplitCounts(
                samples=sum(shard.samples for shard in shards),
                size_bytes=sum(shard.size_bytes for shard in shards),
                shards=len(shards),
            )
            for split, shards in found.items()
        }

    @property
    def samples(self) -> int:
        """How many samples there are."""
        return sum(shard.samples for shard in self.shards)

    @property
    def size_bytes(self) -> int:
        """The size of all shards."""
        return sum(shard.size_bytes for shard in self.shards)


def shard_path(split: str, number: int, count: int, extension: str) -> str:
    """Return the path of a shard below the pack, such as `data/train-00000-of-00004.tar`."""
    return f"{DATA_DIR}/{split}-{number:05}-of-{count:05}.{extension}"


def shard_extension(form: ShardForm, compress: Compress = Compress.NONE) -> str:
    """Return how the names of shards end, without the first dot."""
    if form is ShardForm.PARQUET:
        return "parquet"
    return "tar" if compress is Compress.NONE else f"tar.{compress}"


def manifest_path(path: str) -> str:
    """Return the path of the manifest of a shard, both below the pack."""
    name = path.rpartition("/")[2]
    return f"{MANIFESTS_DIR}/{re.sub(r'[.](tar|tar[.]gz|tar[.]zst|parquet)$', '', name)}.tsv"


def pack_bytes(pack: Pack) -> bytes:
    """Write a pack as JSON: sorted keys, two spaces, UTF-8, a final newline.

    Splits alone keep their order: train, validation, test, others.
    """
    content = {"format": FORMAT, **asdict(pack)}
    content = {key: _in_order(value) for key, value in content.items()}
    content["splits"] = {split: _in_order(asdict(one)) for split, one in pack.splits.items()}
    ordered = {key: content[key] for key in sorted(content)}
    return (json.dumps(ordered, indent=2, ensure_ascii=False) + "\n").encode()


def _in_order(value: Any) -> Any:
    """Return a value whose objects have their keys sorted."""
    return json.loads(json.dumps(value, sort_keys=True))


def parse_pack(data: bytes) -> Pack:
    """Read the bytes of a `pack.json`.

    Raises:
        ValueError: it is no JSON or no pack; the sentence says which.
    """
    content = read_document(data, name=PACK_FILE, limit=MAX_PACK_BYTES, form=FORMAT)
    named = {key: value for key, value in content.items() if key != "splits"}
    pack: Pack = validated(_pack_type(), named)
    _require_plain(pack)
    if json.loads(pack_bytes(pack)) != {"format": FORMAT, **content}:
        raise ValueError(
            "it has other keys than a pack, or its splits are not those of its shards"
        )
    return pack


@cache
def _pack_type() -> Any:
    return type_adapter(Pack)


def _require_plain(pack: Pack) -> None:
    """Make sure that paths and digests are such as are written here.

    Raises:
        ValueError: one is not.
    """
    counts = {split: one.shards for split, one in pack.splits.items()}
    numbers = dict.fromkeys(counts, 0)
    extension = shard_extension(pack.form, pack.compress)
    for shard in pack.shards:
        found = _SHARD.fullmatch(shard.path)
        number = numbers[shard.split]
        numbers[shard.split] += 1
        expected = shard_path(shard.split, number, counts[shard.split], extension)
        if not found or shard.path != expected:
            raise ValueError(f"{shard.path!r} cannot be shard {number} of {shard.split!r}")
        if not _SHA256.fullmatch(shard.sha256) or not _SHA256.fullmatch(shard.manifest_sha256):
            raise ValueError(f"the digests of {shard.path} are none")
        if min(shard.samples, shard.size_bytes) < 0:
            raise ValueError(f"the numbers of {shard.path} are negative")
