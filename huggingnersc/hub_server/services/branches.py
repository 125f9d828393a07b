"""Create, move and delete branches and tags."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.hub_server.http_error import bad_request, forbidden
from huggingnersc.hub_server.protocol.ref_names import full_ref_candidates, ref_name_problem
from huggingnersc.hub_server.services.commits import MAIN_REF, move_ref
from huggingnersc.hub_server.services.repositories import initial_commit
from huggingnersc.hub_server.storage import tree_changes
from huggingnersc.hub_server.storage.errors import RefConflictError, RevisionMissingError

if TYPE_CHECKING:
    from huggingnersc.hub_server.session import RepositorySession


def create_branch(session: RepositorySession, branch: str, *, start: str, empty: bool) -> None:
    """Create a branch at a revision, or an empty one with a history of its own.

    Raises:
        HttpError: 400 for an invalid name.
        RefConflictError: it exists.
        RevisionMissingError: there is no revision `start`.
    """
    ref = _new_ref("refs/heads/", branch) if not branch.startswith("refs/") else branch
    if ref.startswith("refs/") and not ref.startswith(("refs/heads/", "refs/convert/")):
        raise bad_request(f"Invalid branch name {branch[:100]!r}")
    if not full_ref_candidates(ref):
        raise bad_request(f"Invalid branch name {branch[:100]!r}")
    refs = session.git.refs
    with session.git.writing():
        if refs.read(ref) is not None:
            raise RefConflictError(f"Reference {ref} already exists")
        kind = session.record.name.kind
        sha = (
            initial_commit(session.git, kind, session.require_user())
            if empty
            else refs.resolve(start)
        )
        refs.write(ref, sha, old=None)


def delete_branch(session: RepositorySession, branch: str) -> None:
    """Delete a branch. Raises: HttpError: 403 for main. RevisionMissingError: there is none."""
    ref = branch if branch.startswith("refs/") else f"refs/heads/{branch}"
    if ref == MAIN_REF:
        raise forbidden(f"Cannot delete {MAIN_REF}")
    _delete(session, ref, branch)


def create_tag(session: RepositorySession, tag: str, *, revision: str, message: str) -> None:
    """Tag a revision, with a message as an annotated tag.

    Raises:
        HttpError: 400 for an invalid name.
        RefConflictError: it exists.
        RevisionMissingError: there is no such revision.
    """
    git, user = session.git, session.require_user()
    with git.writing():
        sha = git.refs.resolve(revision)
        ref = _new_ref("refs/tags/", tag)
        if git.refs.read(ref) is not None:
            raise RefConflictError(f"Reference {ref} already exists")
        if message:
            made = tree_changes.annotated_tag(
                tag, sha, author=user.name, email=user.email, message=message
            )
            git.objects.add([made])
            sha = made.id.decode("ascii")
        git.refs.write(ref, sha, old=None)


def delete_tag(session: RepositorySession, tag: str) -> None:
    """Delete a tag. Raises: RevisionMissingError: there is none."""
    _delete(session, f"refs/tags/{tag}", tag)


def squash(session: RepositorySession, revision: str, *, message: str) -> None:
    """Make a branch (or pull-request ref) one commit with the same files and no parents.

    Raises:
        RevisionMissingError: there is no such ref.
    """
    ref = revision if revision.startswith("refs/") else f"refs/heads/{revision}"
    if not full_ref_candidates(ref):
        raise RevisionMissingError(revision)
    git, user = session.git, session.require_user()
    with git.writing():
        tip = git.refs.read(ref)
        if tip is None:
            raise RevisionMissingError(revision)
        tree = git.objects.commit(tip).tree
        made = tree_changes.commit(tree, [], author=user.name, email=user.email, message=message)
        git.objects.add([made])
        move_ref(session, ref, made.id.decode("ascii"), old=tip)


def _delete(session: RepositorySession, ref: str, said: str) -> None:
    refs = session.git.refs
    with session.git.writing():
        if not full_ref_candidates(ref) or refs.raw(ref) is None:
            raise RevisionMissingError(said)
        refs.delete(ref)


def _new_ref(prefix: str, name: str) -> str:
    problem = ref_name_problem(name)
    if problem is not None:
        raise bad_request(f"Invalid reference name {name[:100]!r}: it {problem}")
    return prefix + name
