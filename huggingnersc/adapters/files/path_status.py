"""What a path leads to, as far as this user has access.

The methods of `Path` raise where a folder on the way is closed and where a name is longer than a
file's may be (before Python 3.14), and `resolve` at a loop of links (before 3.13).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import PurePath


def exists(path: PurePath) -> bool:
    """Return whether the path leads to something."""
    return os.path.exists(path)  # noqa: PTH110 - see above


def is_file(path: PurePath) -> bool:
    """Return whether the path leads to a regular file."""
    return os.path.isfile(path)  # noqa: PTH113 - see above


def is_folder(path: PurePath) -> bool:
    """Return whether the path leads to a folder."""
    return os.path.isdir(path)  # noqa: PTH112 - see above


def resolved(path: PurePath) -> Path:
    """Return the path with all links followed that can be."""
    return Path(os.path.realpath(path))  # see above


def is_within(path: Path, folder: Path) -> bool:
    """Return whether a path, there or not, is a folder or inside it; links are followed."""
    real = resolved(path)
    return any(_is_same(one, folder) for one in (real, *real.parents))


def _is_same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)  # also where one folder is mounted twice
    except OSError:
        return False


def unreachable_reason(path: PurePath) -> str | None:
    """Return why a path leads to nothing, to follow the path in a sentence; None where it does."""
    try:
        Path(path).stat()
    except (FileNotFoundError, NotADirectoryError):
        return "does not exist on this machine"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return None
