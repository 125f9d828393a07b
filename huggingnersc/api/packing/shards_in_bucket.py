"""Find the shards of a dataset in the bucket that they were uploaded to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.adapters.transfer.s3_bucket import Bucket
from huggingnersc.adapters.transfer.s3_source import S3Source
from huggingnersc.adapters.transfer.wanted_file import WantedFile
from huggingnersc.api.packing.uploads_on_hub import public_source, upload_in_bucket
from huggingnersc.domain.bucket_address import parse_bucket_address
from huggingnersc.domain.packing.download import DownloadSource
from huggingnersc.domain.text.shell import shell_word
from huggingnersc.errors import InstallationError, TransferError
from huggingnersc.fixes import Message, ShellCommand

if TYPE_CHECKING:
    from contextlib import ExitStack

    from huggingnersc.api.packing.dataset_lookup import DatasetFiles, DatasetLookup
    from huggingnersc.domain.loading.upload import Upload, UploadBucket


def shards_in_bucket(lookup: DatasetLookup, stack: ExitStack) -> DatasetFiles | None:
    """Return the shards in a bucket, as they are recorded; None where there are none."""
    upload = _upload(lookup)
    if upload is None or upload.bucket is None:
        return None
    place = upload.bucket
    try:
        source = public_source(place) if place.is_public else _closed_source(place, stack)
    except InstallationError as error:
        if lookup.options.source:
            raise
        lookup.warnings.append(f"{error} The files come from elsewhere.")
        return None
    shards = (WantedFile(one.path.encode(), one.size_bytes, one.sha256) for one in upload.shards)
    return lookup.files(
        DownloadSource.BUCKET,
        source,
        sorted(filter(lookup.takes_shard, shards), key=lambda shard: shard.path),
        upload.version,
        is_private=not place.is_public,
    )


def not_in_bucket(lookup: DatasetLookup) -> TransferError:
    """Return the error where a bucket was asked for, and the shards cannot be had from there."""
    if closed := closed_bucket(lookup):
        return closed
    return TransferError(
        f"The whole data of {lookup.title} was not uploaded to a bucket from here.",
        hint=lookup.by_files(),
    )


def closed_bucket(lookup: DatasetLookup) -> TransferError | None:
    """Return the error where the shards are in a bucket that needs credentials, and no record.

    A repository must not decide which server gets a request that is signed with them.
    """
    found = lookup.published_upload()
    if found is None or found.bucket is None or found.bucket.is_public:
        return None
    place = found.bucket
    words = ["aws", "s3", "cp", "--recursive", place.address, "DIR"]
    endpoint = ["--endpoint-url", place.endpoint] if place.endpoint else []
    return TransferError(
        f"The shards of {lookup.title} are in {place.address}, which not everyone may read.",
        hint=Message(
            "Ask the maintainers of the dataset for credentials, then copy them: ",
            ShellCommand(" ".join(map(shell_word, [*words, *endpoint]))),
        ),
    )


def _upload(lookup: DatasetLookup) -> Upload | None:
    """Return the shards that were sent to a bucket, as far as they are asked for."""
    if lookup.record:
        upload = lookup.upload
        return upload if upload and upload.bucket and lookup.has_current_upload else None
    found = lookup.published_upload()
    if found is None or found.bucket is None or not found.bucket.is_public:
        return None
    return upload_in_bucket(found) if lookup.version in {None, found.version} else None


def _closed_source(place: UploadBucket, stack: ExitStack) -> S3Source:
    address = parse_bucket_address(place.address)
    return S3Source(stack.enter_context(Bucket(address, endpoint=place.endpoint)))
