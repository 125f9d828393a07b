"""Merge a pull request into its base, file by file: content is never merged line by line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.hub_server.http_error import HttpError
from huggingnersc.hub_server.services.commits import move_ref
from huggingnersc.hub_server.storage import history, tree_changes
from huggingnersc.hub_server.storage.errors import RevisionMissingError
from huggingnersc.hub_server.storage.objects import FILE_MODE, TreeItem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from huggingnersc.hub_server.services.pull_requests import Pull
    from huggingnersc.hub_server.session import RepositorySession
    from huggingnersc.hub_server.storage.repository import GitRepository

MOST_CROSSINGS = 100
_CONFLICT = "both sides changed it"


@dataclass(frozen=True, slots=True)
class _Merge:
    """The files (blob id, None for a deleted one) to take over, and the paths in conflict."""

    taken: dict[str, str | None]
    conflicts: list[str]


def conflicts(repository: GitRepository, pull: Pull) -> list[str]:
    """Return the paths that the pull request and its base changed in different ways."""
    head, base = repository.refs.read(pull.ref), repository.refs.read(pull.base)
    if head is None or base is None:
        return []
    return _compare(repository, base, head).conflicts


def merge(session: RepositorySession, pull: Pull) -> str:
    """Put the pull request's changes on its base as one merge commit, and return its id.

    Raises:
        HttpError: 409 when both sides changed the same files.
        RevisionMissingError: one side is gone.
    """
    repository, user = session.git, session.require_user()
    with repository.writing():
        head, base = repository.refs.read(pull.ref), repository.refs.read(pull.base)
        if head is None or base is None:
            raise RevisionMissingError(pull.ref if head is None else pull.base)
        found = _compare(repository, base, head)
        if found.conflicts:
            raise HttpError(409, f"Both sides changed {', '.join(found.conflicts[:5])}")
        changes = {
            path: None if oid is None else TreeItem(FILE_MODE, oid)
            for path, oid in found.taken.items()
        }
        tree, trees = tree_changes.apply_changes(
            repository.objects, repository.objects.commit(base).tree, changes
        )
        message = f"{pull.title} (#{pull.number})"
        made = tree_changes.commit(
            tree, [base, head], author=user.name, email=user.email, message=message
        )
        repository.objects.add([*trees, made])
        sha = made.id.decode("ascii")
        move_ref(session, pull.base, sha, old=base)
    return sha


def _compare(repository: GitRepository, ours: str, theirs: str) -> _Merge:
    objects = repository.objects
    bases = history.merge_bases(objects, [ours], theirs)
    found, past = _Merge({}, []), _Past(repository)
    trees = objects.commit(ours).tree, objects.commit(theirs).tree
    for change in history.changes(objects, *trees):
        our_oid = change.old.oid if change.old else None
        their_oid = change.new.oid if change.new else None
        merged = _three_way(past.content(bases, change.path), our_oid, their_oid)
        if merged == _CONFLICT:
            found.conflicts.append(change.path)
        elif merged != our_oid:
            found.taken[change.path] = merged
    return found


def _three_way(base: str | None, ours: str | None, theirs: str | None) -> str | None:
    if ours == theirs:
        return ours
    if _CONFLICT in (base, ours) or base not in (ours, theirs):
        return _CONFLICT
    return theirs if ours == base else ours


class _Past:
    """The common states of two sides of a merge.

    Where a criss-cross of merges leaves several merge bases, the common state is their merge, as
    in git's recursive strategy. Histories that cross too often are in conflict everywhere.
    """

    def __init__(self, repository: GitRepository) -> None:
        self._repository = repository
        self._bases: dict[tuple[tuple[str, ...], str], tuple[str, ...]] = {}
        self._contents: dict[tuple[str, ...], str | None] = {}

    def content(self, bases: Sequence[str], path: str) -> str | None:
        """Return the blob id of `path` at the common state of commits with these merge bases."""
        self._contents.clear()
        return self._joined(tuple(bases), path)

    def _joined(self, bases: tuple[str, ...], path: str) -> str | None:
        if bases not in self._contents:
            self._contents[bases] = self._join(bases, path)
        return self._contents[bases]

    def _join(self, bases: tuple[str, ...], path: str) -> str | None:
        if not bases:
            return None
        content = self._at(bases[0], path)
        for number, sha in enumerate(bases[1:], start=1):
            theirs = self._at(sha, path)
            if content != theirs:
                common = self._common(bases[:number], sha)
                if common is None:
                    return _CONFLICT
                content = _three_way(self._joined(common, path), content, theirs)
        return content

    def _common(self, before: tuple[str, ...], sha: str) -> tuple[str, ...] | None:
        if (before, sha) not in self._bases:
            if len(self._bases) >= MOST_CROSSINGS:
                return None
            found = history.merge_bases(self._repository.objects, before, sha)
            self._bases[before, sha] = tuple(found)
        return self._bases[before, sha]

    def _at(self, sha: str, path: str) -> str | None:
        entry = self._repository.find(self._repository.objects.commit(sha), path)
        return None if entry is None or entry.is_folder else entry.oid
