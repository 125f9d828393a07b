"""What a push may do; everything is checked before its ref moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.hub_server.protocol.ref_names import ref_name_problem
from huggingnersc.hub_server.protocol.repo_paths import path_problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.hub_server.session import RepositorySession

ZERO = "0" * 40
_PREFIXES = ("refs/heads/", "refs/tags/", "refs/pr/", "refs/convert/")


def push_problem(session: RepositorySession, ref_name: bytes, old: str, new: str) -> str | None:
    """Return why `ref_name` may not move from `old` to `new` (zeros: absent), None if it may."""
    ref = ref_name.decode("utf-8", "replace")
    repository = session.git
    prefixes = [prefix for prefix in _PREFIXES if ref.startswith(prefix)]
    if not prefixes or ref_name_problem(ref.removeprefix(prefixes[0])) is not None:
        return "this reference name is not accepted"
    if (repository.refs.raw(ref) or ZERO) != old:
        return "the reference moved meanwhile; fetch first"
    if new == ZERO:
        return "main cannot be deleted" if ref == "refs/heads/main" else None
    commit = repository.objects.peel(new)
    if commit is None or (commit != new and not ref.startswith("refs/tags/")):
        return "this does not name a commit"
    try:
        return next(_content_problems(session, commit), None)
    except (KeyError, ValueError):
        return "the push does not hold all objects it needs"


def _content_problems(session: RepositorySession, start: str) -> Iterator[str]:
    known = set(session.git.refs.all().values())
    waiting, seen = [start], set[str]()
    trees: set[str] = set()
    while waiting:
        sha = waiting.pop()
        if sha in seen or sha in known:
            continue
        seen.add(sha)
        commit = session.git.objects.commit(sha)
        waiting.extend(commit.parents)
        yield from _tree_problems(session, commit.tree, "", trees)


def _tree_problems(
    session: RepositorySession, tree: str, prefix: str, seen: set[str]
) -> Iterator[str]:
    if tree in seen:
        return
    objects = session.git.objects
    seen.add(tree)
    for name, item in objects.tree(tree).items():
        path = f"{prefix}{name}"
        if "/" in name or path_problem(path) is not None:
            yield f"the path {path[:100]!r} is not accepted"
        elif item.is_folder:
            yield from _tree_problems(session, item.oid, f"{path}/", seen)
        else:
            pointer = objects.blob_head(item.oid).pointer
            if pointer and not session.hub.links.holds(session.storage_id, pointer.oid):
                yield f"{path} points at a big file that was not uploaded; push it with git-lfs"
