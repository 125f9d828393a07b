"""Questions about the history of one repository, all answered from immutable objects."""

from __future__ import annotations

import heapq
from itertools import islice
from typing import TYPE_CHECKING

from huggingnersc.hub_server.storage.values import Change, Commit, TreeEntry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from huggingnersc.hub_server.storage.objects import Objects, TreeItem


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
    """
    head, _, rest = after.partition("/")
    skip_to = (head + "/" if "/" in after else head) if after else ""
    for name, item in objects.tree(tree).items():
        key = name + "/" if item.is_folder else name
        path = f"{prefix}/{name}" if prefix else name
        if skip_to and key.encode() < skip_to.encode():
            continue
        passed = key == skip_to
        if not passed:
            yield _entry(objects, path, item)
        if recursive and item.is_folder:
            inner = rest if passed else ""
            yield from walk(objects, item.oid, path, recursive=True, after=inner)


def history(objects: Objects, start: str, *, path: str = "") -> Iterator[Commit]:
    """Yield commits reachable from `start`, newest first; with `path`, only those changing it."""
    if path:
        yield from _history_of(objects, start, path)
        return
    first = objects.commit(start)
    waiting, seen, count = [(-first.time_s, 0, first)], {start}, 0
    while waiting:
        _, _, commit = heapq.heappop(waiting)
        yield commit
        for parent in commit.parents:
            if parent not in seen:
                seen.add(parent)
                count += 1
                older = objects.commit(parent)
                heapq.heappush(waiting, (-min(older.time_s, commit.time_s), count, older))


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


def changes(
    objects: Objects, old: str | None, new: str | None, prefix: str = ""
) -> Iterator[Change]:
    """Yield the files that differ between two trees, by path; None is the empty tree."""
    if old == new:
        return
    before: Mapping[str, TreeItem] = objects.tree(old) if old else {}
    after: Mapping[str, TreeItem] = objects.tree(new) if new else {}
    for name in sorted(before.keys() | after.keys()):
        was, now = before.get(name), after.get(name)
        if was == now:
            continue
        path = f"{prefix}/{name}" if prefix else name
        old_tree = was.oid if was and was.is_folder else None
        new_tree = now.oid if now and now.is_folder else None
        if old_tree or new_tree:
            yield from changes(objects, old_tree, new_tree, path)
        old_file = _entry(objects, path, was) if was and not was.is_folder else None
        new_file = _entry(objects, path, now) if now and not now.is_folder else None
        if old_file or new_file:
            yield Change(path, old_file, new_file)


def last_commits(objects: Objects, start: str, folder: str) -> dict[str, str]:
    """Return, for every name in `folder` at commit `start`, the newest commit that changed it.

    Follows first parents and stops as soon as every name is explained.
    """
    commit = objects.commit(start)
    here = folder_items(objects, commit, folder)
    found: dict[str, str] = {}
    open_names = set(here)
    while open_names:
        parent = objects.commit(commit.parents[0]) if commit.parents else None
        before = folder_items(objects, parent, folder) if parent else {}
        if before is not here:
            changed = {name for name in open_names if before.get(name) != here[name]}
            found.update(dict.fromkeys(changed, commit.sha))
            open_names -= changed
        if parent is None:
            break
        commit = parent
    return found


def folder_items(objects: Objects, commit: Commit, folder: str) -> Mapping[str, TreeItem]:
    """Return the items of `folder` at `commit`; empty when it is not there."""
    place = find(objects, commit.tree, folder)
    return objects.tree(place.oid) if place is not None and place.is_folder else {}


def _history_of(objects: Objects, start: str, path: str) -> Iterator[Commit]:
    commit = objects.commit(start)
    while True:
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
