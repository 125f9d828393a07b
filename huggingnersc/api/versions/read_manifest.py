"""Read the manifest of a version, as it is or for another tool."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.files.shared_files import unreadable
from huggingnersc.adapters.version_store import VersionStore
from huggingnersc.api.site import resolve_site
from huggingnersc.api.versions.find_version import find_version
from huggingnersc.api.versions.recorded_files import version_as_recorded
from huggingnersc.domain.versions.export_format import ExportFormat
from huggingnersc.domain.versions.manifest import sha256sum_lines
from huggingnersc.domain.versions.version import MANIFEST_FILE
from huggingnersc.errors import VersionDamagedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader

    from huggingnersc.api.versions.find_version import FoundVersion
    from huggingnersc.domain.site import Site

_MAX_LINE_BYTES = 1 << 16  # a path and the target of a link, every byte of them escaped


def read_manifest(
    title: str, *, export: ExportFormat | str | None = None, site: Site | str | None = None
) -> Iterator[bytes]:
    """Yield the lines of the manifest of a version, as they are read.

    Args:
        title: the version, such as `iris@v1`; `iris` is the current one of iris.
        export: `sha256sum` for lines that `sha256sum -c` accepts in the folder of the data; None
            for the lines of the manifest.
        site: the site, its name or its TOML file; chosen by the environment when None.

    Raises:
        DatasetUnknownError, RecordDamagedError: there is no such dataset, or its record cannot be
            read.
        VersionUnknownError: there is no such version; the hint names the nearest ones.
        VersionDamagedError: its files cannot be read, or the manifest is not the one that the
            version was made with; that is known after its last line.
    """
    catalog = CatalogFolder(Path(resolve_site(site).catalog_root))
    found = find_version(title, catalog)
    lines = _lines(found, VersionStore(catalog.root, found.record.nickname))
    if export is None:
        return lines
    return _exported(lines, ExportFormat(export), found)


def _lines(found: FoundVersion, store: VersionStore) -> Iterator[bytes]:
    version = version_as_recorded(store, found.version)
    digest = hashlib.sha256()
    with store.open(version.name, MANIFEST_FILE) as stream:
        for line in _read(stream, store.path / version.name / MANIFEST_FILE):
            digest.update(line)
            yield line
    if digest.hexdigest() != version.manifest.sha256:
        raise _damaged(found, "it is not the file that the version was made with")


def _read(stream: BufferedReader, path: Path) -> Iterator[bytes]:
    """Yield lines; one that is longer than any of a manifest comes in pieces."""
    try:
        yield from iter(lambda: stream.readline(_MAX_LINE_BYTES), b"")
    except OSError as error:
        raise unreadable(path, error) from error


def _exported(
    lines: Iterator[bytes], export: ExportFormat, found: FoundVersion
) -> Iterator[bytes]:
    try:
        if export is ExportFormat.SHA256SUM:
            yield from sha256sum_lines(lines)
    except ValueError as error:
        raise _damaged(found, "it has a line that is none of a manifest") from error


def _damaged(found: FoundVersion, reason: str) -> VersionDamagedError:
    return VersionDamagedError(
        f"The manifest of {found.title} is damaged: {reason}.",
        hint="Bring the folder of the version back from a snapshot of the file system.",
    )
