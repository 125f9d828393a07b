"""Create, move and delete repositories."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from huggingnersc.domain.repo_names import RepoKind, RepoName, repo_id_problem
from huggingnersc.hub_server.http_error import HttpError, bad_request, forbidden
from huggingnersc.hub_server.protocol.attributes import default_attributes
from huggingnersc.hub_server.services.access import may_create
from huggingnersc.hub_server.services.indexing import CARD_FILE, refresh
from huggingnersc.hub_server.storage import tree_changes
from huggingnersc.hub_server.storage.objects import FILE_MODE, TreeItem
from huggingnersc.hub_server.storage.registry import NameTakenError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from huggingnersc.hub_server.accounts import User
    from huggingnersc.hub_server.hub_context import HubContext
    from huggingnersc.hub_server.session import RepositorySession
    from huggingnersc.hub_server.storage.registry import RepositoryRecord
    from huggingnersc.hub_server.storage.repository import GitRepository

ATTRIBUTES_FILE = ".gitattributes"


def create(
    hub: HubContext, user: User, name: RepoName, *, private: bool, sdk: str = ""
) -> RepositoryRecord:
    """Create a repository with its first commit; it exists for others once the registry names it.

    Args:
        hub: where.
        user: who becomes its creator.
        name: what it is called.
        private: whether only members of the namespace may know of it.
        sdk: of a space, what it is made with; its card says so, as on the real Hub.

    Raises:
        HttpError: 400 for a bad name, 403 without the right, 409 when it exists already.
    """
    canonical = check_name(hub, user, name)
    if _taken(hub, canonical):
        raise taken(canonical)
    storage_id, repository = hub.store.create()
    try:
        card = {CARD_FILE: _space_card(canonical, sdk)} if sdk else {}
        sha = initial_commit(repository, canonical.kind, user, card)
        repository.refs.write("refs/heads/main", sha, old=None)
        hub.registry.add(storage_id, canonical, creator=user.name, private=private)
    except NameTakenError as error:
        hub.store.delete(storage_id)
        raise taken(canonical) from error
    refresh(hub, storage_id)
    record = hub.registry.by_id(storage_id)
    if record is None:
        raise HttpError(409, f"{canonical.repo_id} was deleted while it was made")
    return record


def move(session: RepositorySession, name: RepoName) -> None:
    """Rename a repository; the old name continues to work.

    Raises:
        HttpError: 400 for a bad name, 403 without the right, 409 when the new name is in use.
    """
    canonical = check_name(session.hub, session.require_user(), name)
    try:
        session.hub.registry.move(session.record, canonical)
    except NameTakenError as error:
        raise taken(canonical) from error


def delete(session: RepositorySession) -> None:
    """Delete a repository: first its name, then its files."""
    hub, storage_id = session.hub, session.storage_id
    with session.git.writing():
        hub.registry.remove(storage_id)
    hub.store.delete(storage_id)
    shutil.rmtree(hub.root / "xet" / storage_id, ignore_errors=True)


def check_name(hub: HubContext, user: User, name: RepoName) -> RepoName:
    """Return `name` with its namespace as the owner writes it.

    Raises:
        HttpError: 400 for a bad name, 403 when the namespace is not the user's.
    """
    problem = repo_id_problem(name.repo_id)
    if problem is not None:
        raise bad_request(f"Invalid repository name {name.repo_id[:200]!r}: it {problem}")
    namespace = hub.accounts.canonical(name.namespace)
    if namespace is None or not may_create(user, namespace):
        raise forbidden(
            f"You don't have the rights to create a {name.kind} under the namespace "
            f'"{name.namespace}"'
        )
    return RepoName(name.kind, namespace, name.name)


def taken(name: RepoName) -> HttpError:
    """The name is in use; clients read this sentence."""
    return HttpError(409, f"A {name.kind} repository called {name.repo_id} already exists")


def initial_commit(
    repository: GitRepository, kind: RepoKind, user: User, files: Mapping[str, str] | None = None
) -> str:
    """Write the commit every repository begins with and return its id; no ref points at it yet."""
    attributes = default_attributes(for_dataset=kind is RepoKind.DATASET)
    texts = {ATTRIBUTES_FILE: attributes, **(files or {})}
    blobs = {path: tree_changes.blob(text.encode()) for path, text in texts.items()}
    placed = {path: TreeItem(FILE_MODE, blob.id.decode("ascii")) for path, blob in blobs.items()}
    tree, trees = tree_changes.apply_changes(repository.objects, None, placed)
    made = tree_changes.commit(
        tree, [], author=user.name, email=user.email, message="initial commit"
    )
    repository.objects.add([*blobs.values(), *trees, made])
    return made.id.decode("ascii")


def _space_card(name: RepoName, sdk: str) -> str:
    import yaml

    front = yaml.safe_dump({"title": name.name, "sdk": sdk, "pinned": False}, sort_keys=False)
    return f"---\n{front}---\n"


def _taken(hub: HubContext, name: RepoName) -> bool:
    # A former name (an alias) may be used again; only a present one is in the way.
    found = hub.registry.find(name)
    return found is not None and found.name.repo_id.lower() == name.repo_id.lower()
