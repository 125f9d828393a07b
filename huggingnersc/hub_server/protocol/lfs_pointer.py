"""Git LFS: object ids and the small pointer files that stand for big ones."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_POINTER_BYTES = 1024

_OID = re.compile(r"[0-9a-f]{64}")
_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n"
    rb"(?:ext-[^\n]*\n)*oid sha256:([0-9a-f]{64})\nsize ([0-9]{1,18})\n?"
)


@dataclass(frozen=True, slots=True)
class LfsPointer:
    """What a pointer file says: the sha256 of the content (hex) and its size."""

    oid: str
    size_bytes: int


def is_lfs_oid(text: object) -> bool:
    """Return whether `text` is a sha256 in lower-case hex; nothing else may become a file name."""
    return isinstance(text, str) and _OID.fullmatch(text) is not None


def pointer_text(pointer: LfsPointer) -> bytes:
    """Return the exact bytes git-lfs would commit for `pointer`."""
    return (
        "version https://git-lfs.github.com/spec/v1\n"
        f"oid sha256:{pointer.oid}\nsize {pointer.size_bytes}\n"
    ).encode()


def parse_pointer(data: bytes) -> LfsPointer | None:
    """Read a pointer file; None when `data` is anything else."""
    if len(data) > MAX_POINTER_BYTES:
        return None
    found = _POINTER.fullmatch(data)
    return LfsPointer(found[1].decode(), int(found[2])) if found else None
