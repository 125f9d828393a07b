"""Make new trees and commits; nothing here moves a ref."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from dulwich.objects import Blob, ObjectID, ShaFile, Tag, Tree
from dulwich.objects import Commit as GitCommit

from huggingnersc.hub_server.storage.errors import FolderInTheWayError, TreeTooLargeError
from huggingnersc.hub_server.storage.objects import FILE_MODE, FOLDER_MODE, TreeItem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from huggingnersc.hub_server.storage.objects import Objects

Placement = TreeItem | None


def blob(data: bytes) -> Blob:
    """Return a blob object of `data`."""
    made = Blob()
    made.data = data
    return made


def apply_changes(
    objects: Objects,
    tree: str | None,
    changes: Mapping[str, Placement],
    *,
    removed: AbstractSet[str] = frozenset(),
) -> tuple[str, list[ShaFile]]:
    """Return the tree with `changes` made to it, and the new tree objects it needs.

    Args:
        objects: where the old trees are.
        tree: id of the old tree, None for an empty one.
        changes: what to put at each path; None deletes the file or folder, and emptied folders.
        removed: folders among them that a file may replace, because they were deleted first.

    Raises:
        FolderInTheWayError: a file would take the place of a folder that stays.
        TreeTooLargeError: a folder would have too many entries.
    """
    made: list[ShaFile] = []
    result = _apply(objects, tree, changes, "", made, removed)
    if result is None:
        empty = Tree()
        made.append(empty)
        result = empty.id.decode("ascii")
    return result, made


def commit(
    tree: str, parents: Sequence[str], *, author: str, email: str, message: str
) -> GitCommit:
    """Return a commit object of the current time."""
    made = GitCommit()
    made.tree = ObjectID(tree.encode("ascii"))
    made.parents = [ObjectID(parent.encode("ascii")) for parent in parents]
    made.author = made.committer = identity(author, email)
    made.commit_time = made.author_time = int(time.time())
    made.commit_timezone = made.author_timezone = 0
    made.encoding = b"UTF-8"
    made.message = message.encode("utf-8", "replace")
    return made


def annotated_tag(name: str, target: str, *, author: str, email: str, message: str) -> Tag:
    """Return an annotated tag object of the current time that names commit `target`."""
    made = Tag()
    made.name = name.encode()
    made.object = (GitCommit, ObjectID(target.encode("ascii")))
    made.tagger = identity(author, email)
    made.tag_time, made.tag_timezone = int(time.time()), 0
    made.message = message.encode("utf-8", "replace") + b"\n"
    return made


def identity(author: str, email: str) -> bytes:
    """Return `Name <mail>` without the characters that would break a commit's header."""
    clean = [
        "".join(c for c in text if c.isprintable() and c not in "<>\n") for text in (author, email)
    ]
    return f"{clean[0] or 'unknown'} <{clean[1]}>".encode("utf-8", "replace")


def _apply(
    objects: Objects,
    tree: str | None,
    changes: Mapping[str, Placement],
    prefix: str,
    made: list[ShaFile],
    removed: AbstractSet[str],
) -> str | None:
    items = dict(objects.tree(tree)) if tree else {}
    here, below = _split(changes)
    for name, placement in here:
        if f"{prefix}{name}" in removed:
            items.pop(name, None)
        _place(items, name, placement, prefix, covered=name in below)
    for name, inner in below.items():
        old = items.get(name)
        subtree = old.oid if old is not None and old.is_folder else None
        result = _apply(objects, subtree, inner, f"{prefix}{name}/", made, removed)
        if result is not None:
            items[name] = TreeItem(FOLDER_MODE, result)
        elif subtree is not None:
            del items[name]
    if not items:
        return None
    new = _tree(items)
    if new.raw_length() > objects.limits.record_bytes:
        raise TreeTooLargeError(
            f"The folder {prefix or '/'} would hold {len(items)} entries, and this Hub takes "
            f"{objects.limits.record_bytes} bytes of them: use more folders"
        )
    made.append(new)
    return new.id.decode("ascii")


def _place(
    items: dict[str, TreeItem], name: str, placement: Placement, prefix: str, *, covered: bool
) -> None:
    old = items.get(name)
    if placement is None:
        items.pop(name, None)
    elif covered or (old is not None and old.is_folder):
        raise FolderInTheWayError(f"{prefix}{name}")
    else:
        items[name] = placement


def _split(
    changes: Mapping[str, Placement],
) -> tuple[list[tuple[str, Placement]], dict[str, dict[str, Placement]]]:
    here: list[tuple[str, Placement]] = []
    below: dict[str, dict[str, Placement]] = {}
    for path, placement in changes.items():
        name, slash, rest = path.partition("/")
        if slash:
            below.setdefault(name, {})[rest] = placement
        else:
            here.append((name, placement))
    return here, below


def _tree(items: Mapping[str, TreeItem]) -> Tree:
    made = Tree()
    for name, item in items.items():
        made.add(name.encode("utf-8"), item.mode or FILE_MODE, ObjectID(item.oid.encode("ascii")))
    return made
