"""What the folder of a version holds beside its documents: the card and scripts of its commit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PUBLISHED_DIR = "published"  # the exact files of the commit on the Hub, so that it can be repeated
PUBLISHED_SUMS_FILE = "published.sha256"  # `sha256sum -c` reads it in that folder
_SUM = re.compile(r"([0-9a-f]{64})  ([^/\\\n]+)")


def sums_bytes(digests: Mapping[str, str]) -> bytes:
    """Return lines of SHA-256 and file name, sorted by name, as `sha256sum` writes them."""
    lines = (f"{digest}  {name}\n" for name, digest in sorted(digests.items()))
    return "".join(lines).encode()


def parse_sums(data: bytes) -> dict[str, str]:
    """Return the SHA-256 by file name.

    Raises:
        ValueError: it holds something else.
    """
    found = {}
    for line in data.decode().splitlines():
        parts = _SUM.fullmatch(line)
        if parts is None or parts[2] in {".", ".."}:
            raise ValueError("a line is not that of a file")
        found[parts[2]] = parts[1]
    return found
