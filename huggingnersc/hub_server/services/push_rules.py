"""What a push may and may not do; everything is checked before its ref moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.hub_server.protocol.ref_names import ref_name_problem
from huggingnersc.hub_server.protocol.repo_paths import path_problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.hub_server.hub_context import HubContext
    from huggingnersc.hub_server.storage.objects import Objects
    from huggingnersc.hub_server.storage.registry import RepositoryRecord

ZERO = "0" * 40
_OPEN_ROOMS = ("refs/heads/", "refs/tags/", "refs/pr/", "refs/convert/")


def push_problem(
    hub: HubContext, record: RepositoryRecord, ref_name: bytes, old: str, new: str
) -> str | None:
    """Say why `ref_name` may not move from `old` to `new` (40 zeros: absent); None when it may."""
    ref = ref_name.decode("utf-8", "replace")
    repository = hub.repository(record)
    rooms = [room for room in _OPEN_ROOMS if ref.startswith(room)]
    if not rooms or ref_name_problem(ref.removeprefix(rooms[0])) is not None:
        return "this reference name is not accepted"
    if (repository.refs.raw(ref) or ZERO) != old:
        return "the reference moved meanwhile; fetch first"
    if new == ZERO:
        return "main cannot be deleted" if ref == "refs/heads/main" else None
    commit = repository.objects.peel(new)
    if commit is None or (commit != new and not ref.startswith("refs/tags/")):
        return "this does not name a commit"
    try:
        return next(_content_problems(hub, record, repository.objects, commit), None)
    except (KeyError, ValueError):
        return "the push does not hold all objects it needs"


def _content_problems(
    hub: HubContext, record: RepositoryRecord, objects: Objects, start: str
) -> Iterator[str]:
    known = set(hub.repository(record).refs.all().values())
    waiting, seen = [start], set[str]()
    trees: set[str] = set()
    while waiting:
        sha = waiting.pop()
        if sha in seen or sha in known:
            continue
        seen.add(sha)
        commit = objects.commit(sha)
        waiting.extend(commit.parents)
        yield from _tree_problems(hub, record, objects, commit.tree, "", trees)


def _tree_problems(
    hub: HubContext,
    record: RepositoryRecord,
    objects: Objects,
    tree: str,
    prefix: str,
    seen: set[str],
) -> Iterator[str]:
    if tree in seen:
        return
    seen.add(tree)
    for name, item in objects.tree(tree).items():
        path = f"{prefix}{name}"
        if "/" in name or path_problem(path) is not None:
            yield f"the path {path[:100]!r} is not accepted"
        elif item.is_folder:
            yield from _tree_problems(hub, record, objects, item.oid, f"{path}/", seen)
        else:
            pointer = objects.blob_head(item.oid).pointer
            if pointer and not hub.links.holds(record.storage_id, pointer.oid):
                yield f"{path} points at a big file that was not uploaded; push it with git-lfs"
