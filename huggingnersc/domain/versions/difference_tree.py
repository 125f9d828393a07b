"""Choose the part of a comparison that people see: a tree with the largest changes first."""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.domain.versions.comparison import (
        Comparison,
        FileDifference,
        FolderDifference,
    )


@dataclass(slots=True)
class TreeNode:
    """A folder or a file that differs, with what of it is shown.

    Attributes:
        name: below the folder in which it is shown; of a folder with a slash.
        item: what differs.
        files: how many files these are.
        nodes: what is shown below, the largest change first.
        hidden: how many more files differ below, where any are shown.
    """

    name: str
    item: FolderDifference | FileDifference
    files: int
    nodes: list[TreeNode] = field(default_factory=list)
    hidden: int = 0


def shown_tree(comparison: Comparison, most: int) -> TreeNode:
    """Return the root of a tree with the `most` largest changes.

    A folder in which nothing but one other folder differs is shown as one with it.
    """
    tree = _DifferenceTree(comparison)
    root = TreeNode("", comparison.total, comparison.total.files)
    waiting = list(tree.ranked("", root))
    heapify(waiting)
    for _ in range(most):
        if not waiting:
            break
        _, _, path, node, parent = heappop(waiting)
        parent.nodes.append(node)
        for one in tree.ranked(path, node):
            heappush(waiting, one)
    _count_hidden(root)
    return root


_Waiting: TypeAlias = "tuple[int, int, str, TreeNode, TreeNode]"


class _DifferenceTree:
    def __init__(self, comparison: Comparison) -> None:
        self._folders: dict[str, list[FolderDifference]] = {}
        self._files: dict[str, list[FileDifference]] = {}
        known = {folder.folder for folder in comparison.folders} | {""}
        for folder in comparison.folders:
            self._folders.setdefault(_parent(folder.folder), []).append(folder)
        for file in comparison.largest:
            above = _parent(file.path)
            while above not in known:  # there are too many folders to know all
                above = _parent(above)
            self._files.setdefault(above, []).append(file)

    def ranked(self, path: str, parent: TreeNode) -> Iterator[_Waiting]:
        """Yield what is in a folder, with its rank."""
        for file in self._files.get(path, ()):
            node = TreeNode(_below(path, file.path), file, 1)
            yield -file.weight, -1, file.path, node, parent
        for folder in self._folders.get(path, ()):
            inner = self._innermost(folder)
            node = TreeNode(f"{_below(path, inner.folder)}/", inner, inner.files)
            yield -inner.weight, -inner.files, inner.folder, node, parent

    def _innermost(self, folder: FolderDifference) -> FolderDifference:
        below = self._folders.get(folder.folder, ())
        while len(below) == 1 and below[0].files == folder.files:
            folder = below[0]
            below = self._folders.get(folder.folder, ())
        return folder


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _below(folder: str, path: str) -> str:
    return path[len(folder) + 1 :] if folder else path


def _count_hidden(node: TreeNode) -> None:
    if node.nodes:
        node.hidden = node.files - sum(below.files for below in node.nodes)
    for below in node.nodes:
        _count_hidden(below)
