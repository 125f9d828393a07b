"""Modes of files and folders, read without opening or changing anything."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from huggingnersc.adapters.files.owners import user_name
from huggingnersc.adapters.files.path_status import resolved
from huggingnersc.adapters.files.walk import walk
from huggingnersc.domain.check.permissions import PathStatus, Tree

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

MOST_ENTRIES = 10_000


def read_status(path: Path) -> PathStatus:
    """Read the mode and owner of what a path leads to.

    Raises:
        PermissionError: a folder on the way may not be passed by this user.
    """
    try:
        return _with_owner(path, path.stat())
    except PermissionError:
        raise
    except OSError:  # absent, a link to nothing, a loop of links
        return PathStatus(PurePosixPath(path), None)


def read_tree(root: Path, *, most: int = MOST_ENTRIES) -> Tree:
    """Read the status of a path, of all its parents, and of up to `most` entries below it.

    The entries come breadth first and by name, so two runs see the same ones. Links are not walked
    into; where one leads out of `root`, the parents of its target count too.

    Raises:
        PermissionError: a folder on the way to `root` may not be passed by this user.
    """
    parents = dict.fromkeys(_parents(root))
    entries: list[PathStatus] = []
    unread: list[PurePosixPath] = []
    is_whole = True
    for entry in walk(root):
        path = root / entry.path
        if entry.is_unlisted or (entries and isinstance(entry.error, PermissionError)):
            unread.append(PurePosixPath(path))
            continue
        if len(entries) > most:
            is_whole = False
            break
        if isinstance(entry.error, PermissionError):
            raise entry.error
        entries.append(_with_owner(path, entry.status))
        if entry.is_link:
            parents.update(dict.fromkeys(_parents_outside(path, root)))
    ordered = sorted(parents, key=lambda folder: (len(folder.parts), folder))
    return Tree(tuple(map(read_status, ordered)), tuple(entries), tuple(unread), is_whole)


def first_closed(root: Path) -> Path | None:
    """Return the first path that not everyone may read; None where all is open.

    The folders above the root come first, then the files and folders below it; links below it do
    not count. What cannot be looked at is closed, and what is gone is not.
    """
    for folder in _parents(root):
        if not _may_be_entered(folder):
            return folder
    for entry in walk(root):
        if entry.is_unlisted or isinstance(entry.error, PermissionError):
            return root / entry.path
        is_data = (entry.is_file or entry.is_folder) and not entry.is_link
        if is_data and not _with_owner(root / entry.path, entry.status).is_open:
            return root / entry.path
    return None


def _may_be_entered(folder: Path) -> bool:
    try:
        status = read_status(folder)
    except PermissionError:
        return False
    return status.mode is None or status.is_searchable


def _with_owner(path: Path, status: os.stat_result | None) -> PathStatus:
    if status is None:
        return PathStatus(PurePosixPath(path), None)
    return PathStatus(PurePosixPath(path), status.st_mode, user_name(status.st_uid))


def _parents(path: Path) -> Iterator[Path]:
    """Yield the parents as they are written, and those of what links on the way lead to."""
    yield from path.parents
    yield from resolved(path).parents


def _parents_outside(link: Path, root: Path) -> Iterator[Path]:
    target = resolved(link)
    if not target.is_relative_to(resolved(root)):
        yield from target.parents
