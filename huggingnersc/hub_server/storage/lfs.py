"""Big files, each under the sha256 of its content, shared by all repositories of a Hub."""

from __future__ import annotations

import hashlib
import os
import time
import uuid
from typing import TYPE_CHECKING

from huggingnersc.hub_server.protocol.lfs_pointer import is_lfs_oid
from huggingnersc.hub_server.storage.durable import sync_folders
from huggingnersc.hub_server.storage.errors import ContentMismatchError, InvalidOidError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

STALE_AFTER_S = 24 * 3600


class LfsStore:
    """The folders `lfs/` (finished) and `incoming/` (under way) of one root.

    A file appears under its id only after its bytes were hashed, synced and found to match.
    """

    def __init__(self, root: Path) -> None:
        self.folder = root / "lfs"
        self.incoming = root / "incoming"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.incoming.mkdir(parents=True, exist_ok=True)

    def path(self, oid: str) -> Path:
        """Return where the content with this sha256 is or will be. Raises: InvalidOidError."""
        if not is_lfs_oid(oid):
            raise InvalidOidError
        return self.folder.joinpath(oid[:2], oid[2:4], oid)  # by one path, not three

    def size(self, oid: str) -> int | None:
        """Return the size in bytes of a finished file, None when it is not here."""
        try:
            return self.path(oid).stat().st_size
        except FileNotFoundError:
            return None

    def receive(self, oid: str, size_bytes: int | None) -> Incoming:
        """Open a place for content that must have this sha256 and, when given, size."""
        self.path(oid)
        return Incoming(self, oid, size_bytes, self.incoming / uuid.uuid4().hex)

    def keep(self, temporary: Path, oid: str, size_bytes: int) -> None:
        """Check a complete file of `incoming/`, sync it and move it to its place.

        Raises:
            FileNotFoundError: nothing was uploaded.
            ContentMismatchError: it is not what was announced.
        """
        if temporary.stat().st_size != size_bytes or sha256_of(temporary) != oid:
            raise ContentMismatchError
        descriptor = os.open(temporary, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        self.adopt(temporary, oid)

    def adopt(self, temporary: Path, oid: str) -> None:
        """Move a synced file of `incoming/` whose content is known to match to its place."""
        target = self.path(oid)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(temporary, target)  # noqa: PTH105 - its name says that it replaces
        sync_folders([target.parent, target.parent.parent, self.folder])

    def every(self) -> Iterator[tuple[str, Path]]:
        """Yield (id, path) of every finished file, by id."""
        for first in sorted(self.folder.iterdir()):
            for second in sorted(first.iterdir()):
                for path in sorted(second.iterdir()):
                    yield path.name, path

    def sweep(self) -> None:
        """Remove uploads that were not touched for a day."""
        limit = time.time() - STALE_AFTER_S
        for path in self.incoming.iterdir():
            try:
                if path.is_file() and path.stat().st_mtime < limit:
                    path.unlink()
            except FileNotFoundError:
                continue


class Incoming:
    """One upload under way; leaving the block without `finish` removes it."""

    def __init__(self, store: LfsStore, oid: str, size_bytes: int | None, path: Path) -> None:
        self._store = store
        self._oid = oid
        self._size = size_bytes
        self._path = path
        self._hash = hashlib.sha256()
        self._received = 0
        self._stream = path.open("xb", buffering=0)

    def __enter__(self) -> Incoming:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stream.close()
        self._path.unlink(missing_ok=True)

    def write(self, data: bytes) -> None:
        """Write the next bytes. Raises: ContentMismatchError: more than announced."""
        self._received += len(data)
        if self._size is not None and self._received > self._size:
            raise ContentMismatchError(
                f"The upload is larger than the {self._size} bytes announced"
            )
        self._hash.update(data)
        view = memoryview(data)
        while view:
            view = view[self._stream.write(view) :]

    def finish(self) -> int:
        """Check and keep the content, and return its size in bytes.

        Raises:
            ContentMismatchError: it is not what was announced.
        """
        if self._size not in {None, self._received} or self._hash.hexdigest() != self._oid:
            raise ContentMismatchError
        os.fsync(self._stream.fileno())
        self._store.adopt(self._path, self._oid)
        return self._received


def sha256_of(path: Path) -> str:
    """Return the sha256 (hex) of a file, read in pieces."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
