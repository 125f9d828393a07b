"""Look once more at files that were read: are they all there, unchanged, and no other?"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from huggingnersc.adapters.inventory.known_hashes import (
    END,
    UNKNOWN_STATUS,
    lines_of,
    status_key,
)
from huggingnersc.adapters.inventory.sorted_walk import FOLDER, open_root, sorted_walk
from huggingnersc.domain.text.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST_NAMED = 100


def differences(root: Path, known_hashes: Path, scratch: Path) -> tuple[str, ...]:
    """Return what is not as it was read, each as it may be shown, at most `MOST_NAMED`.

    Args:
        root: the data.
        known_hashes: what was read.
        scratch: an existing folder for temporary files.

    Raises:
        OSError: the root cannot be opened or listed.
    """
    return tuple(islice(_differences(root, known_hashes, scratch), MOST_NAMED))


def _differences(root: Path, known_hashes: Path, scratch: Path) -> Iterator[str]:
    lines = lines_of(known_hashes)
    line = next(lines, END)
    for key in _keys(root, scratch):
        path = _path(key)
        while not line.startswith(key) and (before := _path(line)) < path:
            yield _shown(before, "it is gone")
            line = next(lines, END)
        if line.startswith(key):
            line = next(lines, END)
        elif _path(line) == path:
            yield _shown(path, "it has changed")
            line = next(lines, END)
        else:
            yield _shown(path, "it is new")
    while line != END:
        yield _shown(_path(line), "it is gone")
        line = next(lines, END)


def _keys(root: Path, scratch: Path) -> Iterator[bytes]:
    """Yield the beginning of the line of each path, as it would be written now."""
    with open_root(root) as opened:
        for path, status, digest in sorted_walk(opened, scratch):
            if not isinstance(status, OSError):
                if digest != FOLDER:
                    yield status_key(path, status)
            elif not isinstance(status, FileNotFoundError):
                yield UNKNOWN_STATUS % path


def _path(line: bytes) -> bytes:
    return line.partition(b"\t")[0]


def _shown(path: bytes, what: str) -> str:
    return f"{visible(path.decode(errors='replace'))}: {what}"
