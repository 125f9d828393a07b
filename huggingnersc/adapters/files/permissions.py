"""Modes of files and folders, read without opening or changing anything."""

from __future__ import annotations

import os
from collections import deque
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from huggingnersc.adapters.files.path_status import resolved
from huggingnersc.domain.check.permissions import PathStatus, Tree

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_ENTRIES = 10_000


def seen(path: Path) -> PathStatus:
    """Look at what a path leads to.

    Raises:
        PermissionError: a folder on the way may not be passed by this user.
    """
    try:
        status = path.stat()
    except PermissionError:
        raise
    except OSError:  # absent, a link to nothing, a loop of links
        return PathStatus(PurePosixPath(path), None)
    return PathStatus(PurePosixPath(path), status.st_mode, _owner(status.st_uid))


def walked(root: Path, *, most: int = MOST_ENTRIES) -> Tree:
    """Look at a path, all its parents, and up to `most` entries below it, breadth first.

    Links are looked through, never walked into; where one leads out of `root`, the parents of its
    goal count too. Names are taken in order, so two runs see the same.
    """
    parents = dict.fromkeys(_parents(root))
    entries, unread = [seen(root)], []
    waiting = deque([root] if entries[0].is_folder else [])
    is_whole = True
    while waiting and is_whole:
        folder = waiting.popleft()
        try:
            names = sorted(entry.name for entry in os.scandir(folder))
        except OSError:  # closed to this user, or gone meanwhile
            unread.append(PurePosixPath(folder))
            continue
        for name in names:
            path = folder / name
            if len(entries) > most:
                is_whole = False
                break
            try:
                entries.append(seen(path))
            except PermissionError:
                unread.append(PurePosixPath(path))
                continue
            if path.is_symlink():
                parents.update(dict.fromkeys(_parents_outside(path, root)))
            elif entries[-1].is_folder:
                waiting.append(path)
    shown = tuple(seen(folder) for folder in sorted(parents, key=lambda p: (len(p.parts), p)))
    return Tree(shown, tuple(entries), tuple(unread), is_whole)


def _parents(path: Path) -> Iterator[Path]:
    """Yield the parents as they are written, and those of what links on the way lead to."""
    yield from path.parents
    yield from resolved(path).parents


def _parents_outside(link: Path, root: Path) -> Iterator[Path]:
    goal = resolved(link)
    if not goal.is_relative_to(resolved(root)):
        yield from goal.parents


@cache
def _owner(number: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:  # of another machine
        return str(number)
