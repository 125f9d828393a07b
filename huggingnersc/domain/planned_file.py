"""A file that will be written, and the object id that git gives it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file to write: its path in the repository or catalog folder, and its bytes."""

    path: str
    content: bytes

    @property
    def size_bytes(self) -> int:
        """Its size."""
        return len(self.content)

    @property
    def git_oid(self) -> str:
        """The SHA-1 that git gives this content."""
        return git_blob_id(self.content)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file on disk to publish, which may be too large for the memory.

    Attributes:
        path: in the repository.
        source: in the folder that it is stored in.
        size_bytes: its size.
        git_oids: what git may call it there: as a file, and as the LFS pointer of a large one.
    """

    path: str
    source: str
    size_bytes: int
    git_oids: frozenset[str]


def lfs_pointer_id(sha256: str, size_bytes: int) -> str:
    """Return the SHA-1 that git gives the LFS pointer of a file.

    Source: the pointer format of git-lfs, docs/spec.md.
    """
    spec = "https://git-lfs.github.com/spec/v1"
    return git_blob_id(f"version {spec}\noid sha256:{sha256}\nsize {size_bytes}\n".encode())


def git_blob_id(content: bytes) -> str:
    """Return the SHA-1 that git gives a file with this content."""
    header = f"blob {len(content)}\0".encode()
    return hashlib.sha1(header + content, usedforsecurity=False).hexdigest()
