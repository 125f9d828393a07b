"""Find the shards of a dataset on the Hub."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.adapters.transfer.wanted_file import WantedFile
from huggingnersc.api.packing.published_version import VERSION_PATH
from huggingnersc.domain.loading.upload import SHARDS_SUFFIX
from huggingnersc.domain.packing.download import DownloadSource, whole_shards
from huggingnersc.errors import TransferError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.adapters.hub.client import Hub
    from huggingnersc.api.packing.dataset_lookup import DatasetFiles, DatasetLookup
    from huggingnersc.domain.catalog.remote import RemoteRepository
    from huggingnersc.domain.loading.upload import Upload


def shards_on_hub(lookup: DatasetLookup) -> DatasetFiles | None:
    """Return the shards on the Hub; None where they are not there, or one is missing."""
    upload = lookup.upload
    if lookup.hub is None or lookup.repository is None or (upload and upload.bucket):
        return None
    for there in filter(None, _repositories(lookup, lookup.hub, lookup.repository)):
        shards = _shards(there, upload)
        if there.commit is None or not shards:
            continue
        # The page of the Hub, as the address of an embedded one ends with the command.
        page = f"{lookup.site.hub_address}/datasets/{there.repo_id}"
        return lookup.files(
            DownloadSource.HUB,
            lookup.hub.files_at(there.repo_id, there.commit, label=page),
            [*filter(lookup.takes_shard, shards)],
            upload.version if upload else lookup.version or "",
            is_private=there.private,
        )
    return None


def not_on_hub(lookup: DatasetLookup) -> TransferError:
    """Return the error where the Hub was asked for, and does not have the shards."""
    return TransferError(
        f"{lookup.site.hub_address} does not hold the whole data of {lookup.title}.",
        hint=lookup.by_files(),
    )


def _repositories(
    lookup: DatasetLookup, hub: Hub, repository: RemoteRepository
) -> Iterator[RemoteRepository | None]:
    """Yield the repositories whose shards are those that are asked for, if they have some.

    A tag of this program in the dataset's repository is older than the shards of its version:
    what is there is of another. One in the repository of the shards is made with them.
    """
    beside = f"{lookup.repo_id}{SHARDS_SUFFIX}"
    if lookup.version is None or lookup.is_uploaded:
        yield None if lookup.upload and lookup.upload.is_beside else repository
        yield hub.repository(beside)
    if lookup.version is None or lookup.record:
        return
    if VERSION_PATH not in repository.files:
        yield repository
    yield hub.repository(beside, revision=lookup.version)
    found = lookup.published_upload()
    if found and found.version == lookup.version and found.bucket is None:
        yield hub.repository(lookup.repo_id)
        yield hub.repository(beside)


def _shards(there: RemoteRepository, upload: Upload | None) -> tuple[WantedFile, ...]:
    """Return the shards of a repository, as recorded where they are; none where one is missing."""
    if upload:
        is_whole = all(shard.path in there.files for shard in upload.shards)
        found = [(one.path, one.size_bytes, one.sha256) for one in upload.shards if is_whole]
    else:
        digests = {**there.files, **there.sha256s}
        found = [(path, there.sizes[path], digests[path]) for path in whole_shards(there.files)]
    files = (WantedFile(path.encode(), size, digest) for path, size, digest in sorted(found))
    return tuple(files)
