"""The files of a manifest, as those who load them call them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from huggingnersc.domain.text.escaped_names import unescaped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_DIGEST_LENGTH = 64


class ManifestRow(NamedTuple):
    """A file of a manifest.

    Attributes:
        listed: its path as the manifest has it, with escapes.
        path: its path below the root of the data; None where that is no UTF-8.
        size_bytes: its size.
        sha256: 64 hexadecimal digits; None where it is no regular file, or was not read.
    """

    listed: str
    path: str | None
    size_bytes: int
    sha256: str | None

    @property
    def may_hold_data(self) -> bool:
        """Whether it is a regular file with content: links are not followed."""
        return self.sha256 is not None and self.size_bytes > 0


def manifest_rows(lines: Iterable[bytes]) -> Iterator[ManifestRow]:
    """Yield the files of the lines of a manifest, in their order."""
    for line in lines:
        path, digest, size_bytes, _ = line.split(b"\t")
        listed = path.decode()
        is_digest = len(digest) == _DIGEST_LENGTH and not digest.startswith(b"link:")
        yield ManifestRow(
            listed,
            _text(path) if b"\\" in path else listed,
            int(size_bytes),
            digest.decode() if is_digest else None,
        )


def _text(path: bytes) -> str | None:
    try:
        return unescaped(path).decode()
    except UnicodeDecodeError:
        return None
