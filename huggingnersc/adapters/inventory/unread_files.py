"""The manifest of data of which no file is read."""

from __future__ import annotations

import os
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from huggingnersc.adapters.inventory.hash_files import NEVER_READ, hash_shard, unreadable
from huggingnersc.adapters.inventory.shard_result import decoded
from huggingnersc.adapters.inventory.sorted_walk import (
    Files,
    Folder,
    Special,
    open_root,
    sorted_walk,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.adapters.inventory.sorted_walk import Found

_LINES = 1_000  # at a time


def unread_manifest(root: Path) -> Iterator[bytes]:
    """Yield the lines of the manifest with `NOT_READ` in place of the digests of regular files.

    Raises:
        OSError: the root cannot be opened or listed.
    """
    arguments = {"root": os.fspath(root)}
    with TemporaryDirectory() as scratch, open_root(root) as opened:
        walk = sorted_walk(opened, Path(scratch), looked_at=_LINES)
        lines = chain.from_iterable(map(_lines, walk))
        while items := b"".join(islice(lines, _LINES)):
            yield from decoded(hash_shard(arguments, items)).manifest.splitlines(keepends=True)


def _lines(found: Found) -> list[bytes]:
    """Return the lines of the work list; there is none for a folder that can be read."""
    match found:
        case Files():
            return [path + NEVER_READ + b"\n" for path in found.paths()]
        case Special():
            return [found.path + b"\t?\n"]
        case Folder(path=path, about=OSError() as error):
            return [b"%b\t%b\n" % (path, unreadable(error))]
        case _:
            return []
