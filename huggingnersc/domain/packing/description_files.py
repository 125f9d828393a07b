"""Files beside the data that describe it, and are no samples."""

from __future__ import annotations

_STEMS = frozenset(
    {b"readme", b"license", b"licence", b"copying", b"citation", b"changelog", b"notice"}
    | {b"sha256sum", b"sha256sums", b"md5sum", b"md5sums", b"checksums", b"manifest-sha256"}
)
_SUFFIXES = frozenset({b"", b"md", b"markdown", b"txt", b"text", b"rst", b"cff", b"bib"})


def is_description(path: bytes) -> bool:
    """Return whether a path below the root of a source is such a file, by its name.

    Only the root itself holds them: in a folder, `readme.txt` may belong to a sample.
    """
    stem, _, suffix = path.lower().partition(b".")
    return stem in _STEMS and suffix in _SUFFIXES
