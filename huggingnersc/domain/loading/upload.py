"""The shards of a dataset that were uploaded to the Hub: all of its data, and how it is loaded.

It is a part of the record of the dataset, so it is read as strictly as one.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.bucket_address import parse_bucket_address
from huggingnersc.domain.metadata.strict_json import describe, quoted
from huggingnersc.domain.planned_file import lfs_pointer_id
from huggingnersc.domain.repo_names import VERSION_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DATA_CONFIG = "data"  # the configuration that is loaded where no name is given
SHARDS_SUFFIX = "-shards"  # of the repository that holds WebDataset shards
MOST_SHARDS = 10_000  # in one folder of the Hub
_SHARD = re.compile(
    r"data/([A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*)-(\d{5,})-of-(\d{5,})(\.tar|\.tar\.gz|\.tar\.zst|\.parquet)"
)
_OID = re.compile(r"[0-9a-f]{40}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_ENDPOINT = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(?:/[A-Za-z0-9._/-]*)?")
_MOST_FEATURE_BYTES = 1 << 20


class UploadForm(StrEnum):
    """What the shards are."""

    PARQUET = "parquet"
    WEBDATASET = "webdataset"


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadedShard:
    """A shard in a repository.

    Attributes:
        path: in the repository, such as `data/train-00000-of-00004.parquet`.
        split: as `datasets` calls it.
        samples: how many it holds.
        size_bytes: its size.
        sha256: of its bytes, 64 hexadecimal digits.
    """

    path: str
    split: str
    samples: int
    size_bytes: int
    sha256: str

    @property
    def git_oid(self) -> str:
        """The object id of its LFS pointer, which the Hub shows."""
        return lfs_pointer_id(self.sha256, self.size_bytes)


@dataclass(frozen=True, slots=True)
class UploadedSplit:
    """The shards of a split, taken together."""

    name: str
    samples: int
    size_bytes: int
    paths: tuple[str, ...]

    def numbered(self, number: str) -> str | None:
        """Return the path of a shard with its number as given; None where one is missing.

        Args:
            number: five digits, or what stands for them.
        """
        first = _SHARD.fullmatch(self.paths[0])
        if first is None or len(self.paths) != int(first[3]):
            return None
        return f"data/{first[1]}-{number}-of-{first[3]}{first[4]}"

    @property
    def pattern(self) -> str | list[str]:
        """What the card names: the path of one shard, or a pattern that only its shards match."""
        if len(self.paths) == 1:
            return self.paths[0]
        return self.numbered("*") or list(self.paths)


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadBucket:
    """The folder of a bucket that holds shards in place of the Hub.

    Attributes:
        address: such as `s3://my-bucket/digits/v1`.
        endpoint: the address of the storage; empty for Amazon's own.
        is_public: whether everyone may read it, without credentials.
        pack_bytes: the size of the `pack.json` in it; 0 where that was not recorded.
    """

    address: str
    endpoint: str = ""
    is_public: bool = False
    pack_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """The data of a dataset on the Hub.

    Attributes:
        form: of the shards. Parquet is in the dataset's repository, WebDataset in one of its own.
        pack_sha256: the SHA-256 of the `pack.json` that the shards were uploaded from.
        shards: those of a split after one another, in the order of the splits.
        features: the columns, as `dataset_info` of a card has them; empty where not known.
        version: the version of the dataset that was packed; empty where that is not known.
        card_oid: the git object id of the card of a repository of their own; else empty.
        bucket: where the shards are when they are not on the Hub.
        source: the path that was packed; empty where that was the dataset itself.
    """

    form: UploadForm
    pack_sha256: str
    shards: tuple[UploadedShard, ...]
    features: tuple[Mapping[str, Any], ...] = ()
    version: str = ""
    card_oid: str = ""
    bucket: UploadBucket | None = None
    source: str = ""

    @property
    def is_beside(self) -> bool:
        """Whether the shards are in a repository of their own."""
        return self.form is UploadForm.WEBDATASET and self.bucket is None

    @property
    def is_within(self) -> bool:
        """Whether the shards are in the repository of the dataset."""
        return self.form is UploadForm.PARQUET and self.bucket is None

    @property
    def splits(self) -> tuple[UploadedSplit, ...]:
        """The splits in their order."""
        names = dict.fromkeys(shard.split for shard in self.shards)
        return tuple(self._split(name) for name in names)

    def _split(self, name: str) -> UploadedSplit:
        shards = [shard for shard in self.shards if shard.split == name]
        return UploadedSplit(
            name,
            sum(shard.samples for shard in shards),
            sum(shard.size_bytes for shard in shards),
            tuple(shard.path for shard in shards),
        )

    @property
    def samples(self) -> int:
        """How many samples there are."""
        return sum(shard.samples for shard in self.shards)

    @property
    def size_bytes(self) -> int:
        """How much is stored on the Hub."""
        return sum(shard.size_bytes for shard in self.shards)

    @property
    def git_oids(self) -> dict[str, str]:
        """The object id of each shard on the Hub by path; none of those in a bucket."""
        return {} if self.bucket else {shard.path: shard.git_oid for shard in self.shards}

    def repo_id(self, dataset: str) -> str:
        """Return the repository that holds the shards.

        Args:
            dataset: the repository of the dataset, `NERSC/iris`.
        """
        return f"{dataset}{SHARDS_SUFFIX}" if self.is_beside else dataset


def upload_problems(upload: Upload) -> Iterator[str]:
    """Yield what in an upload could not have been written here; it is shown on a public card."""
    if not upload.shards or len(upload.shards) > MOST_SHARDS:
        yield f"has {len(upload.shards):,} shards; it has 1 to {MOST_SHARDS:,}"
    if not _DIGEST.fullmatch(upload.pack_sha256):
        yield f"names the pack {quoted(upload.pack_sha256)}, which is no SHA-256"
    twice = Counter(shard.path for shard in upload.shards)
    yield from (f"names {quoted(path)} twice" for path, count in twice.items() if count > 1)
    for shard in upload.shards:
        yield from _shard_problems(shard, upload.form)
    yield from _feature_problems(upload.features)
    if upload.version and not VERSION_NAME.fullmatch(upload.version):
        yield f"is of the version {quoted(upload.version)}, which is no name of one"
    if upload.card_oid and not _OID.fullmatch(upload.card_oid):
        yield f"has a card {quoted(upload.card_oid)}, which is no object id"
    if upload.bucket:
        yield from place_problems(upload.bucket)


def place_problems(bucket: UploadBucket) -> Iterator[str]:
    """Yield what in the address of a bucket could not have been written here."""
    try:
        is_plain = str(parse_bucket_address(bucket.address)) == bucket.address
    except ValueError:
        is_plain = False
    if not is_plain:
        yield f"is in {quoted(bucket.address)}, which is no plain address of a bucket"
    if bucket.endpoint and not _ENDPOINT.fullmatch(bucket.endpoint):
        yield f"is at {quoted(bucket.endpoint)}, which is no plain address of a server"
    if not 0 <= bucket.pack_bytes < 1 << 63:
        yield "has a description of an impossible size"


def _shard_problems(shard: UploadedShard, form: UploadForm) -> Iterator[str]:
    name = _SHARD.fullmatch(shard.path)
    if name is None or (name[4] == ".parquet") != (form is UploadForm.PARQUET):
        yield f"names {quoted(shard.path)}, which is no {form} shard"
    elif name[1] != shard.split:
        yield f"says that {shard.path} is of the split {quoted(shard.split)}"
    if not _DIGEST.fullmatch(shard.sha256):
        yield f"has the digest {quoted(shard.sha256)}, which is no SHA-256"
    if not all(0 <= number < 1 << 63 for number in (shard.samples, shard.size_bytes)):
        yield f"has an impossible number of samples or bytes for {quoted(shard.path)}"


def _feature_problems(features: tuple[Mapping[str, Any], ...]) -> Iterator[str]:
    if not all(isinstance(one, dict) and isinstance(one.get("name"), str) for one in features):
        yield "has a feature without a name"
    elif len(json.dumps(features)) > _MOST_FEATURE_BYTES:
        yield f"has features of more than {_MOST_FEATURE_BYTES:,} bytes"


def upload_json(upload: Upload) -> dict[str, Any]:
    """Return an upload as JSON values."""
    bucket = {"bucket": asdict(upload.bucket)} if upload.bucket else {}
    source = {"source": upload.source} if upload.source else {}
    return {
        "form": upload.form.value,
        "pack_sha256": upload.pack_sha256,
        "shards": [asdict(shard) for shard in upload.shards],
        "features": list(upload.features),
        "version": upload.version,
        "card_oid": upload.card_oid,
        **bucket,
        **source,
    }


def read_upload(content: Mapping[str, Any]) -> Upload:
    """Read what `upload_json` returned.

    Raises:
        ValueError: a value is missing or of another kind; the sentence says which.
    """
    try:
        upload = Upload(
            form=UploadForm(_value(content, "form", str)),
            pack_sha256=_value(content, "pack_sha256", str),
            shards=tuple(_shard(one) for one in _value(content, "shards", list)),
            features=tuple(_value(content, "features", list)),
            version=_value(content, "version", str),
            card_oid=_value(content, "card_oid", str),
            bucket=_bucket(_value(content, "bucket", dict)) if "bucket" in content else None,
            source=_value(content, "source", str) if "source" in content else "",
        )
    except ValueError as error:
        raise ValueError(f"what was uploaded: {error}") from error
    for problem in upload_problems(upload):
        raise ValueError(f"what was uploaded {problem}")
    return upload


def _bucket(content: Mapping[str, Any]) -> UploadBucket:
    return UploadBucket(
        address=_value(content, "address", str),
        endpoint=_value(content, "endpoint", str),
        is_public=_value(content, "is_public", bool),
        pack_bytes=_value(content, "pack_bytes", int) if "pack_bytes" in content else 0,
    )


def _shard(value: Any) -> UploadedShard:
    if not isinstance(value, dict):
        raise ValueError(f"a shard is {describe(value)}, not an object")
    return UploadedShard(
        path=_value(value, "path", str),
        split=_value(value, "split", str),
        samples=_value(value, "samples", int),
        size_bytes=_value(value, "size_bytes", int),
        sha256=_value(value, "sha256", str),
    )


def _value(content: Mapping[str, Any], key: str, kind: type) -> Any:
    value = content.get(key)
    if type(value) is not kind:
        raise ValueError(f"the key {key} holds {describe(value)}")
    return value
