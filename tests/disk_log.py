"""A log of what was made durable, and when: syncs, renames and links in their order.

A file is known by its inode, since its name changes between the sync and the rename.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

_PROBE = ".probe-"  # files that only show what the file system does


@dataclass(frozen=True, slots=True)
class Moved:
    """A name that a file or folder got.

    Attributes:
        path: the new name.
        moment: its place in the log.
        unsynced: what was moved, or was in the moved folder, without being synced before.
        pending: the names given before this one whose folders were not synced yet.
    """

    path: Path
    moment: int
    unsynced: tuple[str, ...]
    pending: tuple[str, ...]


@dataclass
class DiskLog:
    """What happened below a folder since the log was opened, by any thread of this process."""

    root: Path
    moves: list[Moved] = field(default_factory=list)
    _synced: dict[int, int] = field(default_factory=dict)  # inode -> the moment of its last sync
    _moment: int = 0

    def sync(self, descriptor: int) -> None:
        """Note that a file or folder was synced."""
        self._moment += 1
        self._synced[os.fstat(descriptor).st_ino] = self._moment

    def move(self, source: Path, target: Path) -> None:
        """Note that `source` is about to get the name `target`."""
        self._moment += 1
        if not target.is_relative_to(self.root) or target.name.startswith(_PROBE):
            return
        moved = [source, *source.rglob("*")] if source.is_dir() else [source]
        unsynced = [path for path in moved if path.lstat().st_ino not in self._synced]
        names, pending = tuple(path.name for path in unsynced), tuple(self.names_unsynced())
        self.moves.append(Moved(target, self._moment, names, pending))

    def moved_unsynced(self) -> dict[str, tuple[str, ...]]:
        """Return by new name what was moved although it was not on disk yet."""
        return {str(each.path): each.unsynced for each in self.moves if each.unsynced}

    def names_unsynced(self) -> list[str]:
        """Return the new names, still there, whose folder was not synced after them."""
        return [
            str(each.path)
            for each in self.moves
            if each.path.exists() and self.folder_synced(each.path) < each.moment
        ]

    def folder_synced(self, path: Path) -> int:
        """Return the moment in which the folder of `path` was last synced; 0 for never."""
        return self._synced.get(path.parent.stat().st_ino, 0)

    def of(self, part: str) -> list[Moved]:
        """Return the moves to a path with this part in it, in their order."""
        return [each for each in self.moves if part in str(each.path)]


def log_disk(root: Path, monkeypatch: pytest.MonkeyPatch) -> DiskLog:
    """Return the log of what is synced, renamed and linked below `root` from now on."""
    log = DiskLog(root)
    sync = os.fsync

    def fsync(descriptor: Any) -> None:
        sync(descriptor)
        log.sync(descriptor if isinstance(descriptor, int) else descriptor.fileno())

    monkeypatch.setattr(os, "fsync", fsync)
    for name in ("rename", "replace", "link"):
        monkeypatch.setattr(os, name, _noted(log, getattr(os, name)))
    return log


def _noted(log: DiskLog, call: Callable[..., None]) -> Callable[..., None]:
    def noted(source: Any, target: Any, **options: Any) -> None:
        before = len(log.moves)
        folders = (options.get("src_dir_fd"), options.get("dst_dir_fd"))
        log.move(*map(whole_path, (source, target), folders))
        try:
            call(source, target, **options)
        except OSError:
            del log.moves[before:]
            raise

    return noted


def whole_path(path: Any, folder: int | None) -> Path:
    """Return the path of a name, which may be in a folder that is open."""
    place = Path(f"/proc/self/fd/{folder}").readlink() if folder is not None else Path()
    return place / os.fsdecode(path)
