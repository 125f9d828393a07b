"""A file to be moved, and the check that it is the one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

_GIT_ID_LENGTH = 40


@dataclass(frozen=True, slots=True)
class WantedFile:
    """A file that a transfer moves.

    Attributes:
        path: below the root of the source and below that of the target, as the file system has it.
        size_bytes: its size.
        digest: its SHA-256, 64 hexadecimal digits; or, of a file that a Hub keeps in git, the id
            of its blob, 40 digits.
    """

    path: bytes
    size_bytes: int
    digest: str


class Checksum:
    """The digest of a file, computed from its bytes in order.

    Args:
        file: decides which digest it is.
    """

    def __init__(self, file: WantedFile) -> None:
        self._file = file
        if len(file.digest) == _GIT_ID_LENGTH:
            self._digest = hashlib.sha1(b"blob %d\0" % file.size_bytes, usedforsecurity=False)
        else:
            self._digest = hashlib.sha256()
        self.update = self._digest.update

    @property
    def is_right(self) -> bool:
        """Whether the bytes so far are those of the file."""
        return self._digest.hexdigest() == self._file.digest
