"""Find the files of a version: on its portal, or in the folder of the data on this machine."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from huggingnersc.adapters.files.path_status import is_folder
from huggingnersc.adapters.transfer.path_source import PathSource
from huggingnersc.adapters.transfer.web_source import WebSource
from huggingnersc.adapters.version_store import VersionStore
from huggingnersc.api.packing.manifest_files import ManifestFiles
from huggingnersc.api.packing.published_version import PublishedVersion
from huggingnersc.api.packing.split_files import split_of_files
from huggingnersc.api.versions.find_version import version_of
from huggingnersc.api.versions.recorded_files import recorded_manifest
from huggingnersc.domain.data_link import data_link_of_path
from huggingnersc.domain.loading.file_addresses import file_url, portal_base
from huggingnersc.domain.metadata.strict_json import quoted
from huggingnersc.domain.packing.download import DownloadSource
from huggingnersc.errors import DatasetUnknownError, TransferError, VersionUnknownError
from huggingnersc.fixes import Fix, Message, Verb
from huggingnersc.problems import nearest

if TYPE_CHECKING:
    from contextlib import ExitStack

    from huggingnersc.adapters.manifest_file import ManifestFile
    from huggingnersc.api.packing.dataset_lookup import DatasetFiles, DatasetLookup
    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.loading.loading import Source
    from huggingnersc.domain.versions.version import Version

_MOST_NAMED = 3


def files_of_version(lookup: DatasetLookup, stack: ExitStack) -> DatasetFiles:
    """Return the files that the manifest of a version lists.

    Raises:
        DatasetUnknownError, VersionUnknownError: there is no such dataset or version.
        TransferError: they are neither on a portal nor here, or which they are is not known.
    """
    known = lookup.record or _published(lookup)
    version, manifest = _version(lookup, known, stack)
    in_split = split_of_files(lookup.options.split, _source(lookup, known), lookup.title)
    files = ManifestFiles(
        manifest, lambda path: lookup.options.takes(path) and in_split(path), lookup.title
    )
    moved_to = lookup.record.data_path if lookup.record else None
    path = Path(moved_to or version.data_path)
    link = _portal_link(lookup, known, version.data_path)
    base = portal_base(link) if link else ""
    if base and lookup.options.source is not DownloadSource.PATH:
        source = WebSource(base, lambda name: file_url(base, name))
        return lookup.files(DownloadSource.PORTAL, source, files, version.name)
    if is_folder(path) and lookup.options.source is not DownloadSource.PORTAL:
        return lookup.files(DownloadSource.PATH, PathSource(path), files, version.name)
    raise _nowhere(lookup, path)


def _published(lookup: DatasetLookup) -> PublishedVersion:
    there = lookup.repository
    if lookup.hub is None or there is None or there.commit is None:
        raise _unknown(lookup)
    return PublishedVersion(lookup.hub, there, there.commit)


def _version(
    lookup: DatasetLookup, known: Record | PublishedVersion, stack: ExitStack
) -> tuple[Version, ManifestFile]:
    if isinstance(known, PublishedVersion):
        version = known.version()
        return version, known.manifest(version, stack)
    store = VersionStore(Path(lookup.site.catalog_root), known.nickname)
    return recorded_manifest(store, version_of(known, lookup.version))


def _source(lookup: DatasetLookup, known: Record | PublishedVersion) -> Source | None:
    """Return the files of the data as they were surveyed; None where they were not."""
    if lookup.options.split is None:
        return None
    if isinstance(known, PublishedVersion):
        return known.surveyed()
    return known.history.loading.source


def _portal_link(
    lookup: DatasetLookup, known: Record | PublishedVersion, data_path: str
) -> str | None:
    """Return the link to the data: as recorded, else as its scripts or its path say."""
    if isinstance(known, PublishedVersion):
        return known.portal_link() or data_link_of_path(lookup.site, PurePosixPath(data_path))
    return known.portal_link


def _unknown(lookup: DatasetLookup) -> DatasetUnknownError | VersionUnknownError:
    at = lookup.site.hub_address
    if lookup.version is not None and lookup.hub and lookup.hub.repository(lookup.repo_id):
        close = nearest(lookup.version, lookup.hub.tags(lookup.repo_id), count=_MOST_NAMED)
        named = ", ".join(f"{lookup.name}@{one}" for one in close)
        return VersionUnknownError(
            f"{lookup.repo_id} has no version {quoted(lookup.version)} on {at}.",
            hint=f"Did you mean {named}?"
            if close
            else "Look at the tags of the repository, or leave the version out.",
        )
    return DatasetUnknownError(
        f"There is no dataset {lookup.repo_id} on {at}, or it is hidden from this account.",
        hint=Message("See which there are: ", Fix(Verb.LIST_DATASETS)),
    )


def _nowhere(lookup: DatasetLookup, data_path: Path) -> TransferError:
    where: dict[DownloadSource | None, str] = {
        None: f"is neither on a portal nor at {data_path} on this machine",
        DownloadSource.PORTAL: "has no link to a portal",
        DownloadSource.PATH: f"is not on this machine: {data_path} is no folder here",
    }
    reason = where[lookup.options.source]
    return TransferError(
        f"The data of {lookup.title} {reason}.",
        hint="Run the command at the center, or copy the data from there (Globus, rsync).",
    )
