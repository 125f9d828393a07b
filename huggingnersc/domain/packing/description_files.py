"""Files beside the data that describe it: those that are no samples, and tables of others."""

from __future__ import annotations

_STEMS = frozenset(
    {b"readme", b"license", b"licence", b"copying", b"citation", b"changelog", b"notice"}
    | {b"sha256sum", b"sha256sums", b"md5sum", b"md5sums", b"checksums", b"manifest-sha256"}
)
_SUFFIXES = frozenset({b"", b"md", b"markdown", b"txt", b"text", b"rst", b"cff", b"bib"})
_METADATA = frozenset({b"metadata.csv", b"metadata.jsonl", b"metadata.parquet"})


def is_description(path: bytes) -> bool:
    """Return whether a path below the root of a source is such a file, by its name.

    Only the root itself holds them: in a folder, `readme.txt` may belong to a sample.
    """
    stem, _, suffix = path.lower().partition(b".")
    return stem in _STEMS and suffix in _SUFFIXES


def is_metadata(path: bytes) -> bool:
    """Return whether a file may be a table that describes others, by its name."""
    return path[path.rfind(b"/") + 1 :] in _METADATA
