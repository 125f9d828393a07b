"""What of a version is published beside the card, in the folder `version` of the repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.domain.catalog.remote import VERSION_FOLDER
from huggingnersc.domain.planned_file import StoredFile, git_blob_id, lfs_pointer_id
from huggingnersc.domain.versions.version import VERSION_FILE, public_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from huggingnersc.domain.versions.version import FileDigest, Version

MOST_GIT_BYTES = 16 << 20  # the Hub keeps no larger file without LFS


def documents_of(version: Version, read: Callable[[str], bytes]) -> tuple[StoredFile, ...]:
    """Return what of a version is published beside its card.

    Args:
        version: the version.
        read: returns the content of one of its files; not called for large ones.
    """
    content = public_bytes(version)
    own = StoredFile(
        f"{VERSION_FOLDER}{VERSION_FILE}",
        VERSION_FILE,
        len(content),
        frozenset({git_blob_id(content)}),
    )
    paths = sorted(set(version.published) - {VERSION_FILE})
    return (own, *(_document(path, version.digests[path], read) for path in paths))


def _document(path: str, digest: FileDigest, read: Callable[[str], bytes]) -> StoredFile:
    oids = {lfs_pointer_id(digest.sha256, digest.size_bytes)}
    if digest.size_bytes <= MOST_GIT_BYTES:
        oids.add(git_blob_id(read(path)))
    return StoredFile(f"{VERSION_FOLDER}{path}", path, digest.size_bytes, frozenset(oids))
