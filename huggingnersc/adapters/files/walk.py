"""A walk through a folder that may end early: breadth first, so that its first entries say most.

All of a large folder is read by `inventory.sorted_walk`, in bounded memory.
"""

from __future__ import annotations

import os
from collections import deque
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from stat import S_ISDIR, S_ISREG
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True)
class WalkEntry:
    """A path found on a walk, or a folder whose names could not be read.

    Attributes:
        path: below the root, `.` for the root itself; bytes that are not UTF-8 are kept.
        is_link: whether it is a symbolic link below the root, which is not walked into.
        status: of what the path leads to; None where that could not be read.
        error: why there is no status; with a status, why the folder could not be listed.
    """

    path: PurePosixPath
    is_link: bool
    status: os.stat_result | None
    error: OSError | None = None

    @property
    def is_folder(self) -> bool:
        """Whether it leads to a folder."""
        return self.status is not None and S_ISDIR(self.status.st_mode)

    @property
    def is_file(self) -> bool:
        """Whether it leads to a regular file."""
        return self.status is not None and S_ISREG(self.status.st_mode)

    @property
    def is_unlisted(self) -> bool:
        """Whether it reports that a folder, yielded before, could not be listed."""
        return self.status is not None and self.error is not None


def walk(
    root: Path, *, hidden: bool = True, is_closed: Callable[[Path], bool] = lambda _: False
) -> Iterator[WalkEntry]:
    """Yield `root` and what is below it, breadth first, by name within each folder.

    A link at the root is followed; a link below it is yielded and not walked into. Nothing is
    raised: what cannot be read is an entry with its error. To bound a walk, stop taking entries;
    the names of one folder are read ahead.

    Args:
        root: the folder, or a file, which is then the only entry.
        hidden: whether to yield names that begin with a dot, and what is below them.
        is_closed: whether a folder is yielded and not walked into.
    """
    start = _entry(root, PurePosixPath(), is_link=False)
    yield start
    folders = deque([start] if start.is_folder and not is_closed(root) else [])
    while folders:
        folder = folders.popleft()
        try:
            with os.scandir(root / folder.path) as names:
                links = sorted((one.name, one.is_symlink()) for one in names)
        except OSError as error:
            yield WalkEntry(folder.path, folder.is_link, folder.status, error)
            continue
        for name, is_link in links:
            if hidden or not name.startswith("."):
                entry = _entry(root, folder.path / name, is_link=is_link)
                yield entry
                if entry.is_folder and not is_link and not is_closed(root / entry.path):
                    folders.append(entry)


def _entry(root: Path, path: PurePosixPath, *, is_link: bool) -> WalkEntry:
    try:
        return WalkEntry(path, is_link, (root / path).stat())
    except OSError as error:
        return WalkEntry(path, is_link, None, error)
