"""Find what a user wants to pack: a folder, a cataloged dataset, or a version of one."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.domain.packing.pack import PackSource
from huggingnersc.domain.text.shell import is_path, shown
from huggingnersc.errors import DatasetUnknownError, PackingError

if TYPE_CHECKING:
    from huggingnersc.adapters.manifest_file import ManifestFile
    from huggingnersc.domain.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSource:
    """What is packed.

    Attributes:
        root: a folder or a file.
        source: as the pack names it.
        manifest: of the version; None where the data is packed as it is.
    """

    root: Path
    source: PackSource
    manifest: ManifestFile | None = None

    @property
    def name(self) -> str:
        """A word for it in the id of a run."""
        return self.source.nickname or "folder"


def find_source(word: str, site: Site) -> FoundSource:
    """Return what a word names.

    Args:
        word: a path, if it has a slash or is `.` or `..`; else a nickname or a version.
        site: where datasets are cataloged.

    Raises:
        PackingError: there is no such folder.
        DatasetUnknownError, VersionUnknownError, VersionDamagedError: there is no such dataset or
            version, or it cannot be read.
        DatasetError: the record has no data, or it is not here.
    """
    if is_path(word):
        root = Path(word).expanduser().absolute()
        text = os.fsencode(root).decode(errors="backslashreplace")
        return FoundSource(root=_existing(root), source=PackSource(path=text))
    return _cataloged(word, site)


def _cataloged(word: str, site: Site) -> FoundSource:
    # A folder is packed without a look at the catalog, so it is not imported for one.
    from huggingnersc.adapters.catalog_folder import CatalogFolder
    from huggingnersc.adapters.version_store import VersionStore
    from huggingnersc.api.versions.data_place import reachable_data_of
    from huggingnersc.api.versions.find_version import find_version, split_title
    from huggingnersc.api.versions.recorded_files import recorded_manifest

    catalog = CatalogFolder(Path(site.catalog_root))
    nickname, version = split_title(word)
    try:
        record = catalog.record(nickname)
    except DatasetUnknownError as error:
        if Path(word).exists():
            hint = f"For the folder, enter ./{shown(word)}"
            raise DatasetUnknownError(str(error), hint=hint) from error
        raise
    root = reachable_data_of(record)
    if version is None:
        return FoundSource(root=root, source=PackSource(nickname=nickname))
    found = find_version(word, catalog)
    store = VersionStore(catalog.root, nickname)
    recorded, manifest = recorded_manifest(store, found.version)
    source = PackSource(
        nickname=nickname,
        version=recorded.name,
        manifest_sha256=recorded.manifest.sha256,
    )
    return FoundSource(root=root, source=source, manifest=manifest)


def _existing(root: Path) -> Path:
    try:
        root.stat()
    except OSError as error:
        raise PackingError(f"{shown(root)} cannot be packed: {error.strerror}.") from error
    return root
