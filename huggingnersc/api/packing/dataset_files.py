"""Find where the files of a dataset are: on the Hub, in a bucket, on its portal, or here."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from huggingnersc.api.packing.dataset_lookup import DatasetLookup
from huggingnersc.api.packing.files_of_version import files_of_version
from huggingnersc.api.packing.named_dataset import record_of
from huggingnersc.api.packing.own_catalog import naming_own_dataset
from huggingnersc.api.packing.shards_in_bucket import (
    closed_bucket,
    not_in_bucket,
    shards_in_bucket,
)
from huggingnersc.api.packing.shards_on_hub import not_on_hub, shards_on_hub
from huggingnersc.api.versions.find_version import split_title, version_of
from huggingnersc.domain.packing.download import DownloadSource
from huggingnersc.errors import TransferError, VersionUnknownError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.packing.dataset_lookup import DatasetFiles
    from huggingnersc.domain.packing.download import DownloadOptions
    from huggingnersc.domain.site import Site


@contextmanager
def dataset_files(title: str, options: DownloadOptions, site: Site) -> Iterator[DatasetFiles]:
    """Yield the files of a dataset; the connection to the Hub is open while the block runs.

    They come from the Hub where the whole data is there, else from the bucket that it was uploaded
    to, else from the portal by the list of the files of the version, else from the folder of the
    data where this machine has it.

    Args:
        title: `iris`, `iris@v1`, or a repository such as `NERSC/iris`, for which no catalog is
            needed.
        options: what is asked for.
        site: whose Hub and catalog are asked, see `site_for`.

    Raises:
        DatasetUnknownError, VersionUnknownError: there is no such dataset or version.
        TransferError: its files are nowhere where they could be fetched from.
        HubError: the Hub does not answer, and is needed.
    """
    name, version = split_title(title)
    lookup = DatasetLookup(
        title=title,
        name=name,
        version=version,
        options=options,
        site=site,
        record=None if "/" in name else record_of(name, site),
    )
    if lookup.record and version is not None and not lookup.is_uploaded:
        version_of(lookup.record, version)  # raises where there is none
    with ExitStack() as stack:
        with naming_own_dataset(title, lookup.repo_id):
            if lookup.needs_hub:
                lookup.open_hub(stack)
            found = _found(lookup, stack)
        yield found


def _found(lookup: DatasetLookup, stack: ExitStack) -> DatasetFiles:
    place = lookup.options.source
    if place in {None, DownloadSource.HUB} and (on_hub := shards_on_hub(lookup)):
        return on_hub
    if place is DownloadSource.HUB:
        raise not_on_hub(lookup)
    if place in {None, DownloadSource.BUCKET} and (in_bucket := shards_in_bucket(lookup, stack)):
        return in_bucket
    if place is DownloadSource.BUCKET:
        raise not_in_bucket(lookup)
    try:
        return files_of_version(lookup, stack)
    except (TransferError, VersionUnknownError) as error:
        if (closed := closed_bucket(lookup)) and place is None:
            raise closed from error
        raise
