"""Questions about the history of one repository, all answered from immutable objects."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from itertools import count, islice
from typing import TYPE_CHECKING

from huggingnersc.hub_server.storage.errors import HistoryTooLongError, TreeTooLargeError
from huggingnersc.hub_server.storage.values import Change, Commit, TreeEntry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from huggingnersc.hub_server.storage.objects import Objects, TreeItem


@dataclass(frozen=True, slots=True)
class ChangedPath:
    """A file that differs between two trees: its tree items, None where there is no file."""

    path: str
    old: TreeItem | None
    new: TreeItem | None


@dataclass(frozen=True, slots=True)
class _Level:
    """A folder that a walk is in: its path, what to skip in it and below, and what is left."""

    prefix: str
    skip_to: str
    skip_below: str
    items: Iterator[tuple[str, TreeItem]]


def find(objects: Objects, tree: str, path: str) -> TreeEntry | None:
    """Return the file or folder at `path` (`""` is the root); None when there is none."""
    if not path:
        return TreeEntry("", tree, is_folder=True)
    *folders, name = path.split("/")
    for part in folders:
        item = objects.tree(tree).get(part)
        if item is None or not item.is_folder:
            return None
        tree = item.oid
    item = objects.tree(tree).get(name)
    return None if item is None else _entry(objects, path, item)


def walk(
    objects: Objects, tree: str, prefix: str = "", *, recursive: bool, after: str = ""
) -> Iterator[TreeEntry]:
    """Yield the entries of `tree`, folders before their content, in git's order.

    Args:
        objects: where the trees are.
        tree: the folder to list.
        prefix: its path, put before every name.
        recursive: go into folders.
        after: skip everything up to this path, relative to `prefix`; a folder's ends with `/`.
            Skipping opens only the folders on the way, so any page of a big tree is cheap.

    Raises:
        TreeTooLargeError: the walk went over the limits.
    """
    levels = [_level(objects, tree, prefix, after)]
    visited = 0
    while levels:
        level = levels[-1]
        for name, item in level.items:
            visited = _counted(objects, visited, len(levels))
            key = name + "/" if item.is_folder else name
            if level.skip_to and key.encode() < level.skip_to.encode():
                continue
            path = f"{level.prefix}/{name}" if level.prefix else name
            passed = key == level.skip_to
            if not passed:
                yield _entry(objects, path, item)
            if recursive and item.is_folder:
                levels.append(_level(objects, item.oid, path, level.skip_below if passed else ""))
                break
        else:
            levels.pop()


def history(
    objects: Objects, start: str, *, path: str = "", most: int | None = None
) -> Iterator[Commit]:
    """Yield commits reachable from `start`, newest first; with `path`, only those changing it.

    Raises:
        HistoryTooLongError: after a look at `most` commits.
    """
    if path:
        yield from _history_of(objects, start, path, most)
        return
    first = objects.commit(start)
    waiting, seen = [(-first.time_s, 1, first)], {start}
    while waiting:
        _, _, commit = heapq.heappop(waiting)
        yield commit
        if most is not None and len(seen) > most:
            raise HistoryTooLongError(most)
        for parent in commit.parents:
            if parent not in seen:
                seen.add(parent)
                older = objects.commit(parent)
                heapq.heappush(waiting, (-min(older.time_s, commit.time_s), len(seen), older))


def merge_bases(objects: Objects, some: Sequence[str], other: str) -> list[str]:
    """Return the best common ancestors of `some` commits, taken as one, and `other`, by id.

    Decided by the graph alone, as `git merge-base --all` does; the dates of commits are what their
    authors' clocks said. Several remain after a criss-cross of merges, none without a common past.
    """
    common = set[str]().union(*(_ancestors(objects, sha) for sha in some))
    common &= _ancestors(objects, other)
    # The ancestors of a common ancestor are common, so each that is not best is a parent of one.
    older = {parent for sha in common for parent in objects.commit(sha).parents}
    return sorted(common - older)


def _ancestors(objects: Objects, start: str) -> set[str]:
    seen, waiting = {start}, [start]
    while waiting:
        fresh = set(objects.commit(waiting.pop()).parents) - seen
        seen |= fresh
        waiting.extend(fresh)
    return seen


def page(commits: Iterator[Commit], *, skip: int, limit: int) -> tuple[list[Commit], bool]:
    """Return `limit` commits after the first `skip`, and whether there are more."""
    found = list(islice(commits, skip, skip + limit + 1))
    return found[:limit], len(found) > limit


def changes(objects: Objects, old: str | None, new: str | None) -> Iterator[Change]:
    """Yield the files that differ between two trees, by path; None is the empty tree.

    Raises:
        TreeTooLargeError: the walk went over the limits.
    """
    return (describe_change(objects, path) for path in changed_paths(objects, old, new))


def describe_change(objects: Objects, changed: ChangedPath) -> Change:
    """Return a changed path with what is known of its files: both are looked at."""
    path, old, new = changed.path, changed.old, changed.new
    sides = (_entry(objects, path, item) if item else None for item in (old, new))
    return Change(path, *sides)


def changed_paths(objects: Objects, old: str | None, new: str | None) -> Iterator[ChangedPath]:
    """Yield the paths of the files that differ between two trees; only trees are read.

    Raises:
        TreeTooLargeError: the walk went over the limits.
    """
    visited = 0

    def between(
        old: str | None, new: str | None, prefix: str, depth: int
    ) -> Iterator[ChangedPath]:
        nonlocal visited
        for name, was, now in _differences(objects, old, new):
            visited = _counted(objects, visited, depth)
            path = f"{prefix}/{name}" if prefix else name
            old_tree, new_tree = _subtree(was), _subtree(now)
            if old_tree or new_tree:
                yield from between(old_tree, new_tree, path, depth + 1)
            old_file, new_file = _file(was), _file(now)
            if old_file or new_file:
                yield ChangedPath(path, old_file, new_file)

    return between(old, new, "", 1)


def growth_bytes(objects: Objects, old: str | None, new: str | None) -> int:
    """Return by how much the files of tree `new` are larger than those of `old` together.

    Each pair of folders is compared once, wherever it appears.

    Raises:
        TreeTooLargeError: a tree is deeper than the limits allow.
    """
    known: dict[tuple[str, str], int] = {}

    def of(item: TreeItem | None) -> int:
        if item is None:
            return 0
        if item.is_folder:
            return objects.size_bytes(item.oid)
        return objects.blob_head(item.oid).content_bytes

    def between(old: str | None, new: str | None, depth: int) -> int:
        total = 0
        for _, was, now in _differences(objects, old, new):
            _counted(objects, 0, depth)
            old_tree, new_tree = _subtree(was), _subtree(now)
            if old_tree is None or new_tree is None:
                total += of(now) - of(was)
                continue
            if (old_tree, new_tree) not in known:
                known[old_tree, new_tree] = between(old_tree, new_tree, depth + 1)
            total += known[old_tree, new_tree]
        return total

    return between(old, new, 1)


def files_once(objects: Objects, tree: str, seen: set[str]) -> Iterator[TreeEntry]:
    """Yield the files of a tree, each folder once wherever it appears; add its folders to `seen`.

    Raises:
        TreeTooLargeError: it is deeper than the limits allow.
    """
    waiting = [] if tree in seen else [(tree, "", 1)]
    seen.add(tree)
    while waiting:
        oid, prefix, depth = waiting.pop()
        _counted(objects, 0, depth)
        for name, item in objects.tree(oid).items():
            if not item.is_folder:
                yield _entry(objects, prefix + name, item)
            elif item.oid not in seen:
                seen.add(item.oid)
                waiting.append((item.oid, f"{prefix}{name}/", depth + 1))


def _level(objects: Objects, tree: str, prefix: str, after: str) -> _Level:
    head, slash, rest = after.partition("/")
    return _Level(prefix, head + slash, rest, iter(objects.tree(tree).items()))


def _differences(
    objects: Objects, old: str | None, new: str | None
) -> Iterator[tuple[str, TreeItem | None, TreeItem | None]]:
    if old == new:
        return
    before, after = objects.tree(old) if old else {}, objects.tree(new) if new else {}
    for name in sorted(before.keys() | after.keys()):
        was, now = before.get(name), after.get(name)
        if was != now:
            yield name, was, now


def _subtree(item: TreeItem | None) -> str | None:
    return item.oid if item is not None and item.is_folder else None


def _file(item: TreeItem | None) -> TreeItem | None:
    return item if item is not None and not item.is_folder else None


def _counted(objects: Objects, visited: int, depth: int) -> int:
    """Return `visited` and one more. Raises: TreeTooLargeError: that is over the limits."""
    limits = objects.limits
    if visited >= limits.paths or depth > limits.tree_depth:
        raise TreeTooLargeError(
            f"This tree has more than {limits.paths} paths or {limits.tree_depth} levels"
        )
    return visited + 1


def last_commits(
    objects: Objects, start: str, folder: str, looks: Iterator[int]
) -> dict[str, str]:
    """Return, for every name in `folder` at commit `start`, the newest commit that changed it.

    Follows first parents and stops as soon as every name is explained, or `looks` ends: each
    commit takes one of them. Names that only older commits changed are left out.
    """
    commit = objects.commit(start)
    here = folder_items(objects, commit, folder)
    found: dict[str, str] = {}
    open_names = set(here)
    for _ in looks:
        parent = objects.commit(commit.parents[0]) if commit.parents else None
        before = folder_items(objects, parent, folder) if parent else {}
        if before is not here:
            changed = {name for name in open_names if before.get(name) != here[name]}
            found.update(dict.fromkeys(changed, commit.sha))
            open_names -= changed
        if parent is None or not open_names:
            break
        commit = parent
    return found


def folder_items(objects: Objects, commit: Commit, folder: str) -> Mapping[str, TreeItem]:
    """Return the items of `folder` at `commit`; empty when it is not there."""
    place = find(objects, commit.tree, folder)
    return objects.tree(place.oid) if place is not None and place.is_folder else {}


def _history_of(objects: Objects, start: str, path: str, most: int | None) -> Iterator[Commit]:
    commit = objects.commit(start)
    for looked in count():
        if looked == most:
            raise HistoryTooLongError(most)
        parent = objects.commit(commit.parents[0]) if commit.parents else None
        now = find(objects, commit.tree, path)
        before = find(objects, parent.tree, path) if parent else None
        if (now and now.oid) != (before and before.oid):
            yield commit
        if parent is None:
            return
        commit = parent


def _entry(objects: Objects, path: str, item: TreeItem) -> TreeEntry:
    if item.is_folder:
        return TreeEntry(path, item.oid, is_folder=True)
    head = objects.blob_head(item.oid)
    if head.pointer is None:
        return TreeEntry(path, item.oid, is_folder=False, size_bytes=head.size_bytes)
    return TreeEntry(
        path,
        item.oid,
        is_folder=False,
        size_bytes=head.pointer.size_bytes,
        lfs=head.pointer,
        pointer_bytes=head.size_bytes,
    )
