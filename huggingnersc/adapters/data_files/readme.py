"""The README beside the data."""

from __future__ import annotations

from stat import S_ISREG
from typing import TYPE_CHECKING

from huggingnersc.domain.draft.about import MOST_CHARS, README_NAMES, Readme

if TYPE_CHECKING:
    from pathlib import Path

_MOST_BYTES = 4 * (MOST_CHARS + 1)  # a character has at most four bytes


def read_readme(folder: Path) -> Readme | None:
    """Return the beginning of a folder's README; None where there is none that can be read.

    A link is not followed: it may lead to what is not meant for the public.
    """
    try:
        files = {file.name.lower(): file for file in sorted(folder.iterdir(), reverse=True)}
        found = [files[name] for name in README_NAMES if name in files]
        return next((read for file in found if (read := _read(file))), None)
    except OSError:
        return None


def _read(file: Path) -> Readme | None:
    if not S_ISREG(file.lstat().st_mode):
        return None
    with file.open("rb") as stream:
        data = stream.read(_MOST_BYTES)
        is_whole = not stream.read(1)
    if b"\0" in data:
        return None
    # A character may be cut at the end; one elsewhere that is not UTF-8 is shown as such.
    text = data.decode("utf-8-sig", "replace" if is_whole else "ignore")
    return Readme(file.name, text) if text.strip() else None
