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
        header = f"blob {len(self.content)}\0".encode()
        return hashlib.sha1(header + self.content, usedforsecurity=False).hexdigest()
