"""Make, move and delete branches and tags."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.hub_server.http_error import bad_request, forbidden
from huggingnersc.hub_server.protocol.ref_names import full_ref_candidates, ref_name_problem
from huggingnersc.hub_server.services.commits import MAIN_REF, move_ref
from huggingnersc.hub_server.services.repositories import initial_commit
from huggingnersc.hub_server.storage import tree_changes
from huggingnersc.hub_server.storage.errors import RefConflictError, RevisionMissingError

if TYPE_CHECKING:
    from huggingnersc.hub_server.accounts import User
    from huggingnersc.hub_server.hub_context import HubContext
    from huggingnersc.hub_server.storage.registry import RepositoryRecord


def create_branch(
    hub: HubContext,
    record: RepositoryRecord,
    user: User,
    branch: str,
    *,
    start: str,
    empty: bool,
) -> None:
    """Make a branch at a revision, or an empty one with a past of its own.

    Raises:
        HttpError: 400 for a bad name, 409 when it exists, 404 for an unknown start.
    """
    ref = _new_ref("refs/heads/", branch) if not branch.startswith("refs/") else branch
    if ref.startswith("refs/") and not ref.startswith(("refs/heads/", "refs/convert/")):
        raise bad_request(f"Invalid branch name {branch[:100]!r}")
    if not full_ref_candidates(ref):
        raise bad_request(f"Invalid branch name {branch[:100]!r}")
    repository = hub.repository(record)
    with repository.writing():
        if repository.refs.read(ref) is not None:
            raise RefConflictError(f"Reference {ref} already exists")
        kind = record.name.kind
        sha = initial_commit(repository, kind, user) if empty else repository.refs.resolve(start)
        repository.refs.write(ref, sha, old=None)


def delete_branch(hub: HubContext, record: RepositoryRecord, branch: str) -> None:
    """Delete a branch. Raises: HttpError: 403 for main, 404 when there is none."""
    ref = branch if branch.startswith("refs/") else f"refs/heads/{branch}"
    if ref == MAIN_REF:
        raise forbidden(f"Cannot delete {MAIN_REF}")
    _delete(hub, record, ref, branch)


def create_tag(
    hub: HubContext,
    record: RepositoryRecord,
    user: User,
    tag: str,
    *,
    revision: str,
    message: str,
) -> None:
    """Tag a revision, with a message as an annotated tag.

    Raises:
        HttpError: 400 for a bad name, 409 when it exists, 404 for an unknown revision.
    """
    repository = hub.repository(record)
    with repository.writing():
        sha = repository.refs.resolve(revision)
        ref = _new_ref("refs/tags/", tag)
        if repository.refs.read(ref) is not None:
            raise RefConflictError(f"Reference {ref} already exists")
        if message:
            made = tree_changes.annotated_tag(
                tag, sha, author=user.name, email=user.email, message=message
            )
            repository.objects.add([made])
            sha = made.id.decode("ascii")
        repository.refs.write(ref, sha, old=None)


def delete_tag(hub: HubContext, record: RepositoryRecord, tag: str) -> None:
    """Delete a tag. Raises: HttpError: 404 when there is none."""
    _delete(hub, record, f"refs/tags/{tag}", tag)


def squash(
    hub: HubContext, record: RepositoryRecord, user: User, revision: str, *, message: str
) -> None:
    """Make a branch (or pull-request ref) one commit with the same files and no past."""
    ref = revision if revision.startswith("refs/") else f"refs/heads/{revision}"
    if not full_ref_candidates(ref):
        raise RevisionMissingError(revision)
    repository = hub.repository(record)
    with repository.writing():
        tip = repository.refs.read(ref)
        if tip is None:
            raise RevisionMissingError(revision)
        tree = repository.objects.commit(tip).tree
        made = tree_changes.commit(tree, [], author=user.name, email=user.email, message=message)
        repository.objects.add([made])
        move_ref(hub, record, ref, made.id.decode("ascii"), old=tip)


def _delete(hub: HubContext, record: RepositoryRecord, ref: str, said: str) -> None:
    repository = hub.repository(record)
    with repository.writing():
        if not full_ref_candidates(ref) or repository.refs.raw(ref) is None:
            raise RevisionMissingError(said)
        repository.refs.delete(ref)


def _new_ref(prefix: str, name: str) -> str:
    problem = ref_name_problem(name)
    if problem is not None:
        raise bad_request(f"Invalid reference name {name[:100]!r}: it {problem}")
    return prefix + name
