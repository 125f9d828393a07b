"""Read a version and its manifest, and make sure that they are those that were recorded."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from huggingnersc.adapters.manifest_file import ManifestFile
from huggingnersc.domain.text.shell import shown
from huggingnersc.domain.versions.version import (
    MANIFEST_FILE,
    VERSION_FILE,
    digest_of,
    version_bytes,
)
from huggingnersc.errors import VersionDamagedError

if TYPE_CHECKING:
    from huggingnersc.adapters.version_store import VersionStore
    from huggingnersc.domain.catalog.version_history import RecordedVersion
    from huggingnersc.domain.versions.version import Version


def version_as_recorded(store: VersionStore, recorded: RecordedVersion) -> Version:
    """Return a version that was recorded.

    Raises:
        VersionDamagedError: it is another one, or cannot be read.
    """
    version = store.read(recorded.name)
    if digest_of(version_bytes(version)) != recorded.digest:
        place = shown(store.path / version.name / VERSION_FILE)
        raise VersionDamagedError(
            f"{place} is not the file that was recorded.",
            hint="Bring the folder back from a snapshot of the file system.",
        )
    return version


def recorded_manifest(
    store: VersionStore, recorded: RecordedVersion
) -> tuple[Version, ManifestFile]:
    """Return a version that was recorded, and its manifest.

    Raises:
        VersionDamagedError: it is another one, or cannot be read.
    """
    version = version_as_recorded(store, recorded)
    return version, manifest_of(store, version)


def manifest_of(store: VersionStore, version: Version) -> ManifestFile:
    """Return the manifest of a version; it has to be the one that the version names."""
    return ManifestFile(
        partial(store.open, version.name, MANIFEST_FILE),
        shown(store.path / version.name / MANIFEST_FILE),
        sha256=version.manifest.sha256,
    )
