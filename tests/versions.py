"""Versions of data made up for tests, with their files."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.catalog.version_history import RecordedVersion
from huggingnersc.domain.versions.version import (
    MANIFEST_FILE,
    STATISTICS_FILE,
    FileDigest,
    Version,
    digest_of,
    version_bytes,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PICTURE = "pictures/species.png"


def digest(content: bytes) -> FileDigest:
    return FileDigest(hashlib.sha256(content).hexdigest(), len(content))


def made_version(
    folder: Path,
    name: str = "v1",
    *,
    content: bytes = b"a\n",
    contents: Mapping[str, bytes] | None = None,
    **changes: Any,
) -> tuple[Version, dict[str, Path]]:
    """Return a version of one file with this content, and its documents, written to `folder`.

    `contents` replaces the bytes of documents by their path.
    """
    sha256 = hashlib.sha256(content).hexdigest().encode()
    documents = {
        MANIFEST_FILE: b"iris.csv\t%b\t%d\t1767225600000000000\n" % (sha256, len(content)),
        STATISTICS_FILE: b'{"format": 1}\n',
        PICTURE: b"\x89PNG\r\n",
    } | dict(contents or {})
    for path, data in documents.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    values: dict[str, Any] = {
        "nickname": "iris",
        "name": name,
        "created_at": f"2026-11-22T00:00:0{len(name) % 10}Z",
        "data_path": "/global/cfs/cdirs/dasrepo/iris",
        "files": 1,
        "size_bytes": len(content),
        "manifest": digest(documents[MANIFEST_FILE]),
        "documents": {path: digest(documents[path]) for path in (STATISTICS_FILE, PICTURE)},
        "published": tuple(sorted(documents)),
    }
    version = Version(**(values | changes))
    return version, {path: folder / path for path in documents}


def recorded(version: Version, **changes: Any) -> RecordedVersion:
    """Return what a record says of a version."""
    values: dict[str, Any] = {
        "name": version.name,
        "digest": digest_of(version_bytes(version)),
        "created_at": version.created_at,
        "files": version.files,
        "size_bytes": version.size_bytes,
        "message": version.message,
    }
    return RecordedVersion(**(values | changes))
