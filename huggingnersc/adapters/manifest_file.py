"""Read and compare manifests in pieces, and make sure that they are those that were made."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from huggingnersc.adapters.files.sorted_rows import SortedRows
from huggingnersc.domain.versions.compare import differences
from huggingnersc.domain.versions.manifest import entry_of, first_damage
from huggingnersc.errors import VersionDamagedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from io import BufferedReader

    from huggingnersc.domain.versions.compare import Differences
    from huggingnersc.domain.versions.manifest import ManifestEntry

_PIECE_BYTES = 1 << 16  # stays in the cache of a processor
_MAX_LINE_BYTES = 1 << 20


class ManifestFile:
    """A file with the lines of a manifest.

    Where its digest is known, that of the file is computed from the pieces that are read: they are
    in the cache of the processor, and a thread beside the reading takes longer.

    Args:
        opened: opens the file.
        shown_as: its name in messages.
        sha256: its digest, 64 hexadecimal digits; empty where none is known.
    """

    def __init__(
        self, opened: Callable[[], BufferedReader], shown_as: str, *, sha256: str = ""
    ) -> None:
        self._opened, self._shown_as, self._sha256 = opened, shown_as, sha256
        self._found = ""

    def pieces(self) -> Iterator[bytes]:
        """Yield the bytes of the file in pieces."""
        computed = hashlib.sha256() if self._sha256 else None
        with self._opened() as stream:
            while piece := stream.read(_PIECE_BYTES):
                if computed:
                    computed.update(piece)
                yield piece
        if computed:
            self._found = computed.hexdigest()

    def lines(self) -> Iterator[bytes]:
        """Yield the lines without their newlines; the last one may be cut."""
        rest = b""
        for piece in self.pieces():
            *lines, rest = (rest + piece).split(b"\n")
            yield from lines
        if rest:
            yield rest

    def entries(self) -> Iterator[ManifestEntry]:
        """Yield what the lines say.

        Raises:
            VersionDamagedError: one is no line of a manifest; the sentence names it.
        """
        try:
            yield from map(entry_of, self.lines())
        except ValueError:
            self.require_order()
            raise

    def require_digest(self) -> None:
        """Make sure, after all pieces were read, that the file has its digest.

        Raises:
            VersionDamagedError: it was changed; the sentence names the line that is damaged.
        """
        if self._found != self._sha256:
            number, fault = self._damage() or (0, "it is not as it was made")
            raise self._damaged(number, fault)

    def require_order(self) -> None:
        """Make sure that each line is one of a manifest and in its place.

        Raises:
            VersionDamagedError: one is not; the sentence names it.
        """
        if found := self._damage():
            raise self._damaged(*found)

    def _damage(self) -> tuple[int, str] | None:
        with self._opened() as stream:
            return first_damage(iter(lambda: stream.readline(_MAX_LINE_BYTES), b""))

    def _damaged(self, number: int, fault: str) -> VersionDamagedError:
        where = f", line {number:,}" if number else ""
        return VersionDamagedError(
            f"{self._shown_as}{where}: {fault}.",
            hint="Bring it back from a snapshot of the file system, or from the Hub.",
        )


def manifest_differences(before: ManifestFile, after: ManifestFile) -> Differences:
    """Return what differs between two manifests, which are as they were made.

    Raises:
        VersionDamagedError: one is not.
    """
    try:
        changes = differences(before.pieces(), after.pieces(), sort=SortedRows)
    except ValueError as error:
        for side in (before, after):
            side.require_order()
        raise VersionDamagedError(f"A manifest is damaged: {error}.") from error
    for side in (before, after):
        side.require_digest()
    return changes
