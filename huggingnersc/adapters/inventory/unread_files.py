"""The manifest of data of which no file is read."""

from __future__ import annotations

import os
import sys
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from huggingnersc.adapters.inventory.hash_files import NEVER_READ, hash_shard, unreadable
from huggingnersc.adapters.inventory.shard_result import decoded
from huggingnersc.adapters.inventory.sorted_walk import SPECIAL, Found, open_root, sorted_walk

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINES = 1_000  # at a time


def unread_manifest(root: Path) -> Iterator[bytes]:
    """Yield the lines of the manifest with `NOT_READ` in place of the digests of regular files.

    Raises:
        OSError: the root cannot be opened or listed.
    """
    arguments = {"root": os.fspath(root)}
    with TemporaryDirectory() as scratch, open_root(root) as opened:
        walk = sorted_walk(opened, Path(scratch), looked_at=sys.maxsize)
        lines = filter(None, map(_line, walk))
        while items := b"".join(islice(lines, _LINES)):
            yield from decoded(hash_shard(arguments, items)).manifest.splitlines(keepends=True)


def _line(found: Found) -> bytes:
    """Return the line of the work list; that of a folder is empty."""
    path, about = found
    if isinstance(about, OSError):
        return b"%b\t%b\n" % (path, unreadable(about))
    if path.endswith(SPECIAL):
        return path + b"?\n"
    return path + NEVER_READ + b"\n" if path and not path.endswith(b"/") else b""
