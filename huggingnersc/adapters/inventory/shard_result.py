"""The result of a shard: what was counted, its part of the manifest and of the known hashes."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_NAMED = 20


@dataclass(slots=True, kw_only=True)
class NamedPaths:
    """Paths with a reason: how many there are, and the first of them, as they may be shown."""

    count: int = 0
    first: list[str] = field(default_factory=list)

    def add(self, path: str) -> None:
        """Add one more."""
        self.extend(1, (path,))

    def extend(self, count: int, first: Sequence[str]) -> None:
        """Add others after these."""
        self.count += count
        self.first += first[: MOST_NAMED - len(self.first)]


@dataclass(slots=True, kw_only=True)
class Counts:
    """What is counted while files are read.

    Attributes:
        files: regular files, and their `size_bytes`.
        links: symbolic links.
        others: FIFOs, sockets and devices.
        hashed_files: files whose content was read, and the `hashed_bytes`.
        reused_files: files whose hash was known.
        unreadable: files and folders that could not be read.
        changed: files that changed while they were read, twice, or are gone.
        closed: the first path that not everyone may read, escaped; empty when there is none.
    """

    files: int = 0
    size_bytes: int = 0
    links: int = 0
    others: int = 0
    hashed_files: int = 0
    hashed_bytes: int = 0
    reused_files: int = 0
    unreadable: NamedPaths = field(default_factory=NamedPaths)
    changed: NamedPaths = field(default_factory=NamedPaths)
    closed: str = ""

    def add(self, other: Counts) -> None:
        """Add what was counted in the shard that follows."""
        for name in _NUMBERS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.closed = self.closed or other.closed
        self.unreadable.extend(other.unreadable.count, other.unreadable.first)
        self.changed.extend(other.changed.count, other.changed.first)


_NUMBERS = (
    *("files", "size_bytes", "links", "others"),
    *("hashed_files", "hashed_bytes", "reused_files"),
)


@dataclass(frozen=True, slots=True)
class ShardResult:
    """What is known of the files of a shard, in their order.

    Attributes:
        manifest: lines of the manifest.
        known: lines of the known hashes.
    """

    counts: Counts
    manifest: bytes
    known: bytes

    def encoded(self) -> bytes:
        """Return it as bytes: a line of JSON, and the two parts."""
        head = {"counts": asdict(self.counts), "manifest_bytes": len(self.manifest)}
        return b"%b\n%b%b" % (json.dumps(head).encode(), self.manifest, self.known)


def decoded(result: bytes) -> ShardResult:
    """Read the bytes that `encoded` made."""
    head, _, parts = result.partition(b"\n")
    values = json.loads(head)
    counts, middle = values["counts"], values["manifest_bytes"]
    for name in ("unreadable", "changed"):
        counts[name] = NamedPaths(**counts[name])
    return ShardResult(Counts(**counts), parts[:middle], parts[middle:])
