"""What differs between two files of known hashes: new, changed and missing paths."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from huggingnersc.adapters.inventory.known_hashes import END, lines_of
from huggingnersc.domain.text.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST_NAMED = 100


def differences(before: Path, after: Path) -> tuple[str, ...]:
    """Return what is not as it was, each as it may be shown, at most `MOST_NAMED`.

    The status of the paths is compared, not their digests.
    """
    return tuple(islice(_differences(lines_of(before), lines_of(after)), MOST_NAMED))


def _differences(olds: Iterator[bytes], news: Iterator[bytes]) -> Iterator[str]:
    old, new = next(olds, END), next(news, END)
    while not old == new == END:
        if old == new:  # nearly all are
            old, new = next(olds, END), next(news, END)
            continue
        old_path, new_path = _path(old), _path(new)
        if old_path == new_path and _status(old) != _status(new):
            yield _shown(old_path, "it has changed")
        elif old_path < new_path:
            yield _shown(old_path, "it is gone")
        elif old_path > new_path:
            yield _shown(new_path, "it is new")
        if old_path <= new_path:
            old = next(olds, END)
        if old_path >= new_path:
            new = next(news, END)


def _path(line: bytes) -> bytes:
    return line.partition(b"\t")[0]


def _status(line: bytes) -> bytes:
    return line.rpartition(b"\t")[0]


def _shown(path: bytes, what: str) -> str:
    return f"{visible(path.decode(errors='replace'))}: {what}"
