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
    from huggingnersc.api.packing.asked_dataset import AskedDataset, DatasetFiles
    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.loading.loading import Source
    from huggingnersc.domain.versions.version import Version

_MOST_NAMED = 3


def files_of_version(asked: AskedDataset, stack: ExitStack) -> DatasetFiles:
    """Return the files that the manifest of a version lists.

    Raises:
        DatasetUnknownError, VersionUnknownError: there is no such dataset or version.
        TransferError: they are neither on a portal nor here, or which they are is not known.
    """
    known = asked.record or _published(asked)
    version, manifest = _version(asked, known, stack)
    in_split = split_of_files(asked.options.split, _source(asked, known), asked.title)
    files = ManifestFiles(
        manifest, lambda path: asked.options.takes(path) and in_split(path), asked.title
    )
    moved_to = asked.record.data_path if asked.record else None
    path = Path(moved_to or version.data_path)
    link = _portal_link(asked, known, version.data_path)
    base = portal_base(link) if link else ""
    if base and asked.options.source is not DownloadSource.PATH:
        source = WebSource(base, lambda name: file_url(base, name))
        return asked.files(DownloadSource.PORTAL, source, files, version.name)
    if is_folder(path) and asked.options.source is not DownloadSource.PORTAL:
        return asked.files(DownloadSource.PATH, PathSource(path), files, version.name)
    raise _nowhere(asked, path)


def _published(asked: AskedDataset) -> PublishedVersion:
    there = asked.repository
    if asked.hub is None or there is None or there.commit is None:
        raise _unknown(asked)
    return PublishedVersion(asked.hub, there, there.commit)


def _version(
    asked: AskedDataset, known: Record | PublishedVersion, stack: ExitStack
) -> tuple[Version, ManifestFile]:
    if isinstance(known, PublishedVersion):
        version = known.version()
        return version, known.manifest(version, stack)
    store = VersionStore(Path(asked.site.catalog_root), known.nickname)
    return recorded_manifest(store, version_of(known, asked.version))


def _source(asked: AskedDataset, known: Record | PublishedVersion) -> Source | None:
    """Return the files of the data as they were surveyed; None where they were not."""
    if asked.options.split is None:
        return None
    if isinstance(known, PublishedVersion):
        return known.surveyed()
    return known.history.loading.source


def _portal_link(
    asked: AskedDataset, known: Record | PublishedVersion, data_path: str
) -> str | None:
    """Return the link to the data: as recorded, else as its scripts or its path say."""
    if isinstance(known, PublishedVersion):
        return known.portal_link() or data_link_of_path(asked.site, PurePosixPath(data_path))
    return known.portal_link


def _unknown(asked: AskedDataset) -> DatasetUnknownError | VersionUnknownError:
    at = asked.site.hub_address
    if asked.version is not None and asked.hub and asked.hub.repository(asked.repo_id):
        close = nearest(asked.version, asked.hub.tags(asked.repo_id), count=_MOST_NAMED)
        named = ", ".join(f"{asked.name}@{one}" for one in close)
        return VersionUnknownError(
            f"{asked.repo_id} has no version {quoted(asked.version)} on {at}.",
            hint=f"Did you mean {named}?"
            if close
            else "Look at the tags of the repository, or leave the version out.",
        )
    return DatasetUnknownError(
        f"There is no dataset {asked.repo_id} on {at}, or it is hidden from this account.",
        hint=Message("See which there are: ", Fix(Verb.LIST_DATASETS)),
    )


def _nowhere(asked: AskedDataset, data_path: Path) -> TransferError:
    where: dict[DownloadSource | None, str] = {
        None: f"is neither on a portal nor at {data_path} on this machine",
        DownloadSource.PORTAL: "has no link to a portal",
        DownloadSource.PATH: f"is not on this machine: {data_path} is no folder here",
    }
    reason = where[asked.options.source]
    return TransferError(
        f"The data of {asked.title} {reason}.",
        hint="Run the command at the center, or copy the data from there (Globus, rsync).",
    )
