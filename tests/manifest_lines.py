"""Lines of manifests, written entry by entry; the program writes those of many files at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.domain.versions.manifest import escaped

if TYPE_CHECKING:
    from huggingnersc.domain.versions.manifest import ManifestEntry


def line_of(entry: ManifestEntry) -> bytes:
    """Return the line of an entry, with its newline."""
    digest = entry.digest if entry.is_file else escaped(entry.digest)
    return b"%b\t%b\t%d\t%d\n" % (escaped(entry.path), digest, entry.size_bytes, entry.mtime_ns)
