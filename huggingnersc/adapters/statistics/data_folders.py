"""The folders in which data files are opened by their paths, watched for an exchange.

Libraries open files by name and follow links. Whoever may write into the data could put a link in
the place of a folder for a moment, so that another file is described. That changes the times of
the folder above, which no program can set back.
"""

from __future__ import annotations

import errno
import os
from stat import S_ISDIR
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from huggingnersc.domain.versions.manifest import ManifestEntry

_State: TypeAlias = "tuple[int, ...] | None"


class DataFolders:
    """The folders of files as they are now.

    Args:
        root: the root of the data, or the file that is the data.
        files: its entries.
    """

    def __init__(self, root: Path, files: Iterable[ManifestEntry]) -> None:
        self._root = os.fsencode(root if root.is_dir() else root.parent)
        paths = {b""}
        for file in files:
            folder = file.path.rpartition(b"/")[0]
            while folder not in paths:
                paths.add(folder)
                folder = folder.rpartition(b"/")[0]
        self._states = {path: self._state(path) for path in sorted(paths)}

    def exchanged(self) -> bytes | None:
        """Return the first folder that is not as it was; None where all are."""
        for path, state in self._states.items():
            if state is None or state != self._state(path):
                return path or b"."
        return None

    def _state(self, path: bytes) -> _State:
        """Return what changes with a name in a folder; None where it is none.

        A path that is too long has always the same state: nothing opens what is below it.
        """
        try:
            status = os.lstat(self._root + b"/" + path)
        except OSError as error:
            return (error.errno,) if error.errno == errno.ENAMETOOLONG else None
        times = status.st_mtime_ns, status.st_ctime_ns
        return (status.st_dev, status.st_ino, *times) if S_ISDIR(status.st_mode) else None
