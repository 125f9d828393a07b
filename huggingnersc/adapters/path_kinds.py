"""What a path leads to, as far as this user can see; what cannot be seen is not there.

Before Python 3.14 the methods of `Path` raise where a folder on the way is closed, and where a
name is longer than a file's may be.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import PurePath


def exists(path: PurePath) -> bool:
    """Whether there is something."""
    return os.path.exists(path)  # noqa: PTH110 - see above


def is_file(path: PurePath) -> bool:
    """Whether it is a regular file."""
    return os.path.isfile(path)  # noqa: PTH113 - see above


def is_folder(path: PurePath) -> bool:
    """Whether it is a folder."""
    return os.path.isdir(path)  # noqa: PTH112 - see above
