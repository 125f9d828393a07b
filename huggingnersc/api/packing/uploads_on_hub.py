"""The shards of a dataset as its repository describes them, for those who have no record of it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from huggingnersc.adapters.transfer.fetch_document import fetched_document
from huggingnersc.adapters.transfer.wanted_file import WantedFile
from huggingnersc.adapters.transfer.web_source import WebSource
from huggingnersc.domain.bucket_address import parse_bucket_address
from huggingnersc.domain.loading.script_name import is_script_name
from huggingnersc.domain.packing.pack import MAX_PACK_BYTES, PACK_FILE, parse_pack
from huggingnersc.domain.packing.published_upload import PublishedUpload, published_upload
from huggingnersc.domain.packing.upload_limits import upload_of
from huggingnersc.errors import TransferError

if TYPE_CHECKING:
    from huggingnersc.adapters.hub.client import Hub
    from huggingnersc.domain.catalog.remote import RemoteRepository
    from huggingnersc.domain.loading.upload import Upload, UploadBucket


def upload_on_hub(hub: Hub, repository: RemoteRepository) -> PublishedUpload | None:
    """Return what the script of a repository says of shards; None where none does."""
    nickname = repository.repo_id.rpartition("/")[2]
    scripts = [path for path in repository.files if is_script_name(path, nickname)]
    if not scripts or repository.commit is None:
        return None
    script = hub.read_file(repository.repo_id, max(scripts), revision=repository.commit)
    return published_upload(script)


def public_source(place: UploadBucket) -> WebSource:
    """Return a source of the files in a bucket that everyone may read; it needs no library."""
    address = parse_bucket_address(place.address)
    return WebSource(place.address, lambda path: address.url(path.decode(), place.endpoint))


def upload_in_bucket(published: PublishedUpload) -> Upload:
    """Return the shards in a public bucket by the `pack.json` beside them.

    Raises:
        TransferError: it cannot be had, or is not the one that was uploaded.
    """
    place = published.bucket
    assert place is not None  # noqa: S101 - it is asked for none else
    wanted = WantedFile(PACK_FILE.encode(), place.pack_bytes, published.pack_sha256)
    try:
        if place.pack_bytes > MAX_PACK_BYTES:
            raise ValueError(f"it has {place.pack_bytes:,} bytes")
        with closing(fetched_document(public_source(place), wanted)) as stream:
            upload = upload_of(parse_pack(stream.read()), published.pack_sha256)
    except ValueError as error:
        raise TransferError(f"{place.address}/{PACK_FILE} is no pack: {error}.") from error
    return replace(upload, bucket=place)
