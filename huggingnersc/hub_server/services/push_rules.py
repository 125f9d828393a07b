"""What a push may do; everything is checked before its objects are kept and its refs move."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.hub_server.protocol.ref_names import ref_name_problem
from huggingnersc.hub_server.services.commits import MAIN_REF
from huggingnersc.hub_server.storage.errors import ObjectDamagedError, TreeTooLargeError
from huggingnersc.hub_server.storage.history import files_once

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from huggingnersc.hub_server.session import RepositorySession
    from huggingnersc.hub_server.storage.objects import Objects

ZERO = "0" * 40
_PREFIXES = ("refs/heads/", "refs/tags/", "refs/pr/", "refs/convert/")


@dataclass(frozen=True, slots=True)
class RefMove:
    """What a push asks of one reference.

    Attributes:
        ref: its full name.
        old: the object id where the client last saw it, zeros when it was not there.
        new: the object id where it is to point, zeros to delete it.
    """

    ref: str
    old: str
    new: str


def move_problem(session: RepositorySession, move: RefMove) -> str | None:
    """Return why a reference may not move so, None if it may; what it moves to is not read."""
    prefixes = [prefix for prefix in _PREFIXES if move.ref.startswith(prefix)]
    if not prefixes or ref_name_problem(move.ref.removeprefix(prefixes[0])) is not None:
        return "this reference name is not accepted"
    if (session.git.refs.raw(move.ref) or ZERO) != move.old:
        return "the reference moved meanwhile; fetch first"
    return "main cannot be deleted" if (move.ref, move.new) == (MAIN_REF, ZERO) else None


def content_problem(
    session: RepositorySession, objects: Objects, moves: Iterable[RefMove]
) -> str | None:
    """Return why the repository may not hold what references are to point at, None if it may.

    Args:
        session: the repository.
        objects: its objects together with the pushed ones.
        moves: the references.
    """
    try:
        return next(_content_problems(session, objects, moves), None)
    except ObjectDamagedError:
        return "the push does not hold all objects it needs"
    except TreeTooLargeError as error:
        return str(error)


def _content_problems(
    session: RepositorySession, objects: Objects, moves: Iterable[RefMove]
) -> Iterator[str]:
    seen, trees = set(session.git.refs.all().values()), set[str]()
    for move in moves:
        commit = objects.peel(move.new)
        if commit is None or (commit != move.new and not move.ref.startswith("refs/tags/")):
            yield "this does not name a commit"
        else:
            yield from _history_problems(session, objects, commit, seen, trees)


def _history_problems(
    session: RepositorySession, objects: Objects, start: str, seen: set[str], trees: set[str]
) -> Iterator[str]:
    waiting = [start]
    while waiting:
        sha = waiting.pop()
        if sha in seen:
            continue
        seen.add(sha)
        commit = objects.commit(sha)
        waiting.extend(commit.parents)
        objects.check_tree(commit.tree)
        for entry in files_once(objects, commit.tree, trees):
            if entry.lfs and not session.hub.links.holds(session.storage_id, entry.lfs.oid):
                yield (
                    f"{entry.path} points at a big file that was not uploaded; "
                    "push it with git-lfs"
                )
