"""Merge a pull request into its base."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.hub_server.http_error import HttpError
from huggingnersc.hub_server.services.commits import move_ref
from huggingnersc.hub_server.storage import history, tree_changes
from huggingnersc.hub_server.storage.errors import RevisionMissingError
from huggingnersc.hub_server.storage.objects import FILE_MODE, TreeItem

if TYPE_CHECKING:
    from huggingnersc.hub_server.accounts import User
    from huggingnersc.hub_server.hub_context import HubContext
    from huggingnersc.hub_server.services.pull_requests import Pull
    from huggingnersc.hub_server.storage.registry import RepositoryRecord
    from huggingnersc.hub_server.storage.repository import GitRepository
    from huggingnersc.hub_server.storage.values import TreeEntry


def conflicts(repository: GitRepository, pull: Pull) -> list[str]:
    """Return the paths that both the pull request and its base changed since they parted."""
    head, base = repository.refs.read(pull.ref), repository.refs.read(pull.base)
    if head is None or base is None:
        return []
    start = _common(repository, head, base)
    theirs, ours = _changed(repository, start, head), _changed(repository, start, base)
    return sorted(path for path in theirs.keys() & ours.keys() if theirs[path] != ours[path])


def merge(hub: HubContext, record: RepositoryRecord, user: User, pull: Pull) -> str:
    """Put the pull request's changes on its base as one merge commit, and give its id.

    Raises:
        HttpError: 409 when both sides changed the same files, 404 when a side is gone.
    """
    repository = hub.repository(record)
    with repository.writing():
        head, base = repository.refs.read(pull.ref), repository.refs.read(pull.base)
        if head is None or base is None:
            raise RevisionMissingError(pull.ref if head is None else pull.base)
        clash = conflicts(repository, pull)
        if clash:
            raise HttpError(409, f"Both sides changed {', '.join(clash[:5])}")
        changed = _changed(repository, _common(repository, head, base), head)
        places = {path: _item(entry) for path, entry in changed.items()}
        tree, trees = tree_changes.apply_changes(
            repository.objects, repository.objects.commit(base).tree, places
        )
        message = f"{pull.title} (#{pull.number})"
        made = tree_changes.commit(
            tree, [base, head], author=user.name, email=user.email, message=message
        )
        repository.objects.add([*trees, made])
        sha = made.id.decode("ascii")
        move_ref(hub, record, pull.base, sha, old=base)
    return sha


def _common(repository: GitRepository, one: str, other: str) -> str | None:
    objects = repository.objects
    known = {commit.sha for commit in history.history(objects, one)}
    found = (c.sha for c in history.history(objects, other) if c.sha in known)
    return next(found, None)


def _changed(
    repository: GitRepository, start: str | None, end: str
) -> dict[str, TreeEntry | None]:
    objects = repository.objects
    before = objects.commit(start).tree if start else None
    found = history.changes(objects, before, objects.commit(end).tree)
    return {change.path: change.new for change in found}


def _item(entry: TreeEntry | None) -> TreeItem | None:
    return None if entry is None else TreeItem(FILE_MODE, entry.oid)
