"""Who may read a path: judged by the mode bits of others, as a web server and strangers meet them.

Mode bits and not `access()`: the one who checks is mostly the owner or root, who may always.
"""

from __future__ import annotations

import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.domain.check.findings import Finding, Level, warning
from huggingnersc.domain.text.shell import shell_word, shown
from huggingnersc.fixes import ShellCommand

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import PurePosixPath

_MOST_NAMED = 5  # more than these are fixed by one recursive command


@dataclass(frozen=True, slots=True)
class PathStatus:
    """A path and its mode; a symbolic link shows what it leads to.

    Attributes:
        mode: `st_mode`; None when there is nothing (a link that leads nowhere).
        owner: the name of its owner, or their number.
    """

    path: PurePosixPath
    mode: int | None
    owner: str = ""

    @property
    def is_open(self) -> bool:
        """Whether others may read it; a folder must be searchable too."""
        wanted = stat.S_IROTH | (stat.S_IXOTH if self.is_folder else 0)
        return self.mode is not None and self.mode & wanted == wanted

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
    """What was seen of a dataset's data.

    Attributes:
        parents: every folder that must be passed to reach it, from the root on.
        entries: the data's own path, then what lies below, breadth first.
        unread: folders that could not be listed: closed to the one who checks, or gone.
        is_whole: whether everything was looked at; else the walk stopped at its bound.
    """

    parents: tuple[PathStatus, ...]
    entries: tuple[PathStatus, ...]
    unread: tuple[PurePosixPath, ...] = ()
    is_whole: bool = True

    @property
    def is_world_readable(self) -> bool:
        """Whether others reach and may read the data's own path."""
        return all(seen.is_searchable for seen in self.parents) and self.entries[0].is_open


def closed_findings(tree: Tree, level: Level, why: str) -> Iterator[Finding]:
    """Yield what keeps others from reading the data, and the commands that would let them.

    Args:
        tree: what was seen.
        level: how much it matters here.
        why: who should be able to read it, such as "the portal serves it".
    """
    if shut := [seen for seen in tree.parents if not seen.is_searchable]:
        names = ", ".join(f"{shown(seen.path)} ({_mode(seen)}, of {seen.owner})" for seen in shut)
        message = f"others may not pass through {names}; {why}"
        yield Finding(level, "data", message, (_command("o+x", shut),))
    broken = [seen for seen in tree.entries if seen.mode is None]
    if broken:
        yield Finding(level, "data", f"{_listed(broken)} leads nowhere")
    closed = [seen for seen in tree.entries if seen.mode is not None and not seen.is_open]
    if closed:
        message = f"others may not read {_listed(closed)}; {why}"
        yield Finding(level, "data", message, tuple(_opening(closed, tree.entries[0])))


def open_finding(tree: Tree, why: str) -> Finding | None:
    """Say that data which should be closed is open; None when it is closed."""
    if not tree.is_world_readable:
        return None
    root = tree.entries[0]
    message = f"{why}, but everyone at the centre may read {shown(root.path)}"
    bits = "o-rx" if root.is_folder else "o-r"
    return warning("data", message, ShellCommand(f"chmod {bits} {shell_word(root.path)}"))


def _opening(closed: Sequence[PathStatus], root: PathStatus) -> Iterator[ShellCommand]:
    if len(closed) > _MOST_NAMED:
        yield ShellCommand(f"chmod -R o+rX {shell_word(root.path)}")
        return
    folders = [seen for seen in closed if seen.is_folder]
    files = [seen for seen in closed if not seen.is_folder]
    if folders:
        yield _command("o+rx", folders)
    if files:
        yield _command("o+r", files)


def _command(bits: str, paths: Sequence[PathStatus]) -> ShellCommand:
    return ShellCommand(f"chmod {bits} {' '.join(shell_word(seen.path) for seen in paths)}")


def _listed(seen: Sequence[PathStatus]) -> str:
    named = ", ".join(shown(one.path) for one in seen[:_MOST_NAMED])
    more = len(seen) - _MOST_NAMED
    return f"{named} and {more} more" if more > 0 else named


def _mode(seen: PathStatus) -> str:
    return stat.filemode(seen.mode or 0)
