"""Who may read a path, by the mode bits for others, which also apply to a web server.

Mode bits and not `access()`, because the user who runs the check is mostly the owner or root.
"""

from __future__ import annotations

import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.domain.check.findings import Finding, Level, warning
from huggingnersc.domain.text.formatting import first_names
from huggingnersc.domain.text.shell import shell_word, shown
from huggingnersc.fixes import ShellCommand

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import PurePosixPath

_MOST_NAMED = 5  # more than these are fixed by one recursive command


@dataclass(frozen=True, slots=True)
class PathStatus:
    """A path and the mode of what it leads to.

    Attributes:
        mode: `st_mode`; None where nothing exists (a broken link).
        owner: the name of its owner, or the user ID.
    """

    path: PurePosixPath
    mode: int | None
    owner: str = ""

    @property
    def is_open(self) -> bool:
        """Whether others may read it; a folder must be searchable too."""
        bits = stat.S_IROTH | (stat.S_IXOTH if self.is_folder else 0)
        return self.mode is not None and self.mode & bits == bits

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return self.mode is not None and stat.S_ISDIR(self.mode)

    @property
    def is_searchable(self) -> bool:
        """Whether others may pass through it."""
        return self.mode is not None and bool(self.mode & stat.S_IXOTH)


@dataclass(frozen=True, slots=True)
class Tree:
    """The status of a dataset's data and of the folders above it.

    Attributes:
        parents: every folder that must be passed to reach it, from the root on.
        entries: the data's own path, then what is below it, breadth first.
        unread: folders that could not be listed: closed to this user, or deleted meanwhile.
        is_whole: whether everything was read; else the walk stopped at its limit.
    """

    parents: tuple[PathStatus, ...]
    entries: tuple[PathStatus, ...]
    unread: tuple[PurePosixPath, ...] = ()
    is_whole: bool = True

    @property
    def is_world_readable(self) -> bool:
        """Whether others reach and may read the data's own path."""
        return all(parent.is_searchable for parent in self.parents) and self.entries[0].is_open


def closed_findings(tree: Tree, level: Level, why: str) -> Iterator[Finding]:
    """Yield what prevents others from reading the data, with the commands that fix it.

    Args:
        tree: the status of the data.
        level: of the findings.
        why: who should be able to read it, such as "the portal serves it".
    """
    if shut := [status for status in tree.parents if not status.is_searchable]:
        names = ", ".join(map(_described, shut))
        message = f"others cannot enter {names}; {why}"
        yield Finding(level, "data", message, (_command("o+x", shut),))
    broken = [status for status in tree.entries if status.mode is None]
    if broken:
        yield Finding(level, "data", f"broken link: {_listed(broken)}")
    closed = [entry for entry in tree.entries if entry.mode is not None and not entry.is_open]
    if closed:
        message = f"others cannot read {_listed(closed)}; {why}"
        yield Finding(level, "data", message, tuple(_opening(closed, tree.entries[0])))


def open_finding(tree: Tree, why: str) -> Finding | None:
    """Return a finding where data that should be closed is open; None where it is closed."""
    if not tree.is_world_readable:
        return None
    root = tree.entries[0]
    message = f"{why}, but every user of the computing center can read {shown(root.path)}"
    bits = "o-rx" if root.is_folder else "o-r"
    return warning("data", message, ShellCommand(f"chmod {bits} {shell_word(root.path)}"))


def _opening(closed: Sequence[PathStatus], root: PathStatus) -> Iterator[ShellCommand]:
    if len(closed) > _MOST_NAMED:
        yield ShellCommand(f"chmod -R o+rX {shell_word(root.path)}")
        return
    folders = [status for status in closed if status.is_folder]
    files = [status for status in closed if not status.is_folder]
    if folders:
        yield _command("o+rx", folders)
    if files:
        yield _command("o+r", files)


def _command(bits: str, paths: Sequence[PathStatus]) -> ShellCommand:
    return ShellCommand(f"chmod {bits} {' '.join(shell_word(status.path) for status in paths)}")


def _listed(statuses: Sequence[PathStatus]) -> str:
    named = [shown(status.path) for status in statuses[:_MOST_NAMED]]
    return first_names(named, _MOST_NAMED, count=len(statuses))


def _described(status: PathStatus) -> str:
    return f"{shown(status.path)} ({stat.filemode(status.mode or 0)}, owner {status.owner})"
