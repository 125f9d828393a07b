"""What the Hub takes of a pack, and what keeps it from being uploaded.

Source of the limits: the Hub's documentation, storage-limits.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.domain.loading.upload import MOST_SHARDS, Upload, UploadedShard, UploadForm
from huggingnersc.domain.packing.pack import PACK_FILE, Compress
from huggingnersc.domain.repo_names import repo_id_problem
from huggingnersc.domain.text.formatting import plural, size_words
from huggingnersc.fixes import Message, Option
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.packing.pack import Pack

MOST_IN_A_COMMIT = 100
_MOST_FILES = 100_000  # in a repository
_MOST_BYTES = 500 * 10**9  # of a file
_USUAL_BYTES = 200 * 10**9
_FREE_PRIVATE_BYTES = 100 * 10**9  # of an organization that does not pay


def upload_of(pack: Pack, pack_sha256: str) -> Upload:
    """Return what the record has of a pack after its upload.

    Args:
        pack: what is uploaded.
        pack_sha256: the SHA-256 of its `pack.json`.
    """
    shards = (
        UploadedShard(
            path=one.path,
            split=one.split,
            samples=one.samples,
            size_bytes=one.size_bytes,
            sha256=one.sha256,
        )
        for one in pack.shards
    )
    return Upload(
        form=UploadForm(pack.form.value),
        pack_sha256=pack_sha256,
        shards=tuple(shards),
        features=tuple(pack.features),
        version=pack.source.version,
        source=pack.source.path,
    )


def pack_problems(pack: Pack, upload: Upload, record: Record, others: int) -> Iterator[Problem]:
    """Yield why a pack cannot be uploaded as the data of a dataset.

    Args:
        pack: what is to be uploaded.
        upload: the same, as it would be recorded.
        record: of the dataset.
        others: how many other files the repository holds.
    """
    yield from bucket_problems(pack, record)
    if reason := repo_id_problem(upload.repo_id(record.repo_id)):
        yield Problem("Hub", f"the repository {upload.repo_id(record.repo_id)} {reason}")
    if any(file.path == "data" for file in record.hub_files):
        yield Problem("Hub", f"{record.repo_id} has a file data, where the shards would be")
    if len(pack.shards) <= MOST_SHARDS and len(pack.shards) + others > _MOST_FILES:
        yield Problem("Hub", f"the repository would have more than {_MOST_FILES:,} files")
    for shard in pack.shards:
        if shard.size_bytes > _MOST_BYTES:
            most = f"the Hub takes {size_words(_MOST_BYTES)}"
            yield Problem(shard.path, f"has {size_words(shard.size_bytes)}; {most}")


def bucket_problems(pack: Pack, record: Record) -> Iterator[Problem]:
    """Yield why a pack cannot be the data of a dataset, wherever its shards are.

    Args:
        pack: what is to be uploaded.
        record: of the dataset.
    """
    source = pack.source.nickname
    if source and source != record.nickname:
        yield Problem(PACK_FILE, f"is a pack of {source}, not of {record.nickname}")
    if pack.compress is Compress.ZST:
        again = Message("; pack again with ", Option("compress", "none"), " or gz")
        yield Problem(
            PACK_FILE, Message("has tar files in Zstandard, not read by datasets", again)
        )
    if not pack.shards:
        yield Problem(PACK_FILE, "names no shard")
    if len(pack.shards) > MOST_SHARDS:
        count = plural(len(pack.shards), "shard")
        yield Problem(PACK_FILE, f"has {count}; the Hub takes {MOST_SHARDS:,} in a folder")


def size_problems(pack: Pack, sizes: Mapping[str, int | None]) -> Iterator[Problem]:
    """Yield the shards that are not there as the pack says.

    Args:
        pack: what is to be uploaded.
        sizes: the size of each file by its path below the pack; None where there is none.
    """
    for shard in pack.shards:
        there = sizes[shard.path]
        if there is None:
            yield Problem(shard.path, "is not in the pack's folder, or cannot be read")
        elif there != shard.size_bytes:
            yield Problem(shard.path, f"has {there:,} bytes, not {shard.size_bytes:,}")


def place_warnings(before: Upload | None, after: Upload, dataset: str) -> Iterator[str]:
    """Yield what no longer works for visitors where shards move to another repository.

    Args:
        before: what was uploaded before, as recorded.
        after: what takes its place.
        dataset: the repository of the dataset, `NERSC/iris`.
    """
    if before is None or (before.is_within, before.is_beside) == (
        after.is_within,
        after.is_beside,
    ):
        return
    former = before.repo_id(dataset)
    if before.bucket is None:
        now = after.bucket.address if after.bucket else after.repo_id(dataset)
        yield f'load_dataset("{former}") no longer loads the data, which moves to {now}.'
    if before.is_beside:
        yield f"{former} becomes private and empty."


def upload_warnings(pack: Pack, record: Record, *, private: bool) -> Iterator[str]:
    """Yield what should be known of an upload although it stops nothing."""
    large = [shard for shard in pack.shards if _USUAL_BYTES < shard.size_bytes <= _MOST_BYTES]
    if large:
        most = size_words(_USUAL_BYTES)
        yield f"The Hub asks for files below {most}: {large[0].path} is larger."
    if private and pack.size_bytes > _FREE_PRIVATE_BYTES:
        size, free = size_words(pack.size_bytes), size_words(_FREE_PRIVATE_BYTES)
        yield f"These are {size} in private; an organization that does not pay has {free}."
    latest = record.history.latest
    if pack.source.version and latest and pack.source.version != latest.name:
        yield f"The pack is of {pack.source.version}; the latest version is {latest.name}."
