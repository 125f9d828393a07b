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


def git_blob_id(content: bytes) -> str:
    """Return the SHA-1 that git gives a file with this content."""
    header = f"blob {len(content)}\0".encode()
    return hashlib.sha1(header + content, usedforsecurity=False).hexdigest()
