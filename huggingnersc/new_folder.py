"""Making a folder whose missing parents others can never write, whatever the umask."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_PARENT_MODE = 0o755


def make_folder(folder: Path, mode: int) -> None:
    """Make a folder with a mode, which the umask may narrow, where there is none.

    `Path.mkdir(parents=True)` gives parents all that the umask leaves. With umask 0 anyone could
    put a folder of their own in the place of the one that was made.

    Raises:
        OSError: it cannot be made, or is a file.
    """
    try:
        folder.mkdir(mode, exist_ok=True)
    except FileNotFoundError:
        if folder.parent == folder:
            raise
        make_folder(folder.parent, _PARENT_MODE)
        folder.mkdir(mode, exist_ok=True)
