"""What the storage returns: plain values, safe to keep and to share between threads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from huggingnersc.hub_server.protocol.lfs_pointer import LfsPointer


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One file or folder of a tree.

    Attributes:
        path: from the root of the repository, `/` between parts.
        oid: git object id (hex sha1) of the blob or tree.
        is_folder: True for a folder.
        size_bytes: what a download returns: the content behind a pointer, 0 for a folder.
        lfs: the pointer when the file is stored by sha256, else None.
        pointer_bytes: size of the pointer file itself, 0 for other entries.
    """

    path: str
    oid: str
    is_folder: bool
    size_bytes: int = 0
    lfs: LfsPointer | None = None
    pointer_bytes: int = 0

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit.

    Attributes:
        sha: commit id.
        tree: id of its tree.
        parents: ids of its parents, the first one is the branch it was made on.
        author: the user's name.
        time_s: seconds since the epoch, UTC.
        title: first line of the message.
        message: the rest of the message.
    """

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: str
    time_s: int
    title: str
    message: str


@dataclass(frozen=True, slots=True)
class Change:
    """One path that a commit changed; `old` is None for an added file, `new` for a deleted one."""

    path: str
    old: TreeEntry | None
    new: TreeEntry | None
