"""File contents with their SHA-256 before them, so that a cut or wrong file is seen."""

from __future__ import annotations

from hashlib import sha256

_LENGTH = 64


def hashed(content: bytes, *, of: bytes = b"") -> tuple[bytes, ...]:
    """Return the parts of a file with this content.

    Args:
        content: what the file is for.
        of: what the content was made of; it is not in the file, and must be the same to read it.
    """
    return _digest(content, of), b"\n", content


def unhashed(data: bytes, *, of: bytes = b"") -> bytes | None:
    """Return the content of a file; None where it is cut, or was made of something else."""
    content = data[_LENGTH + 1 :]
    return content if data[: _LENGTH + 1] == _digest(content, of) + b"\n" else None


def _digest(content: bytes, of: bytes) -> bytes:
    return sha256(sha256(of).digest() + sha256(content).digest()).hexdigest().encode()
