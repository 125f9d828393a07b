"""Execute a commit: gather it, check it, write its objects, move the branch, index main."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from huggingnersc.hub_server.http_error import HttpError, bad_request
from huggingnersc.hub_server.protocol.lfs_pointer import LfsPointer, pointer_text
from huggingnersc.hub_server.protocol.operations import (
    Delete,
    Header,
    Operation,
    OperationError,
    PutFile,
    PutLfs,
    parse_operation,
)
from huggingnersc.hub_server.services import xet_staging
from huggingnersc.hub_server.services.indexing import refresh
from huggingnersc.hub_server.services.lfs_access import link_if_readable
from huggingnersc.hub_server.storage import tree_changes
from huggingnersc.hub_server.storage.errors import RefMovedError
from huggingnersc.hub_server.storage.objects import FILE_MODE, TreeItem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dulwich.objects import ShaFile

    from huggingnersc.hub_server.session import RepositorySession
    from huggingnersc.hub_server.storage.repository import GitRepository
    from huggingnersc.hub_server.storage.values import Commit

MAIN_REF = "refs/heads/main"
MAX_OPERATIONS = 100_000


@dataclass(slots=True)
class PendingCommit:
    """A commit being gathered.

    Attributes:
        header: its message and expected parent.
        tree_changes: what goes where; None deletes.
        deletions: the deletions, to be checked against the parent's tree.
        blobs: new file contents not yet written.
        waiting_bytes: their size.
    """

    header: Header | None = None
    tree_changes: dict[str, TreeItem | None] = field(default_factory=dict)
    deletions: list[Delete] = field(default_factory=list)
    blobs: list[ShaFile] = field(default_factory=list)
    waiting_bytes: int = 0


def gather(session: RepositorySession, lines: Iterable[bytes]) -> PendingCommit:
    """Read the lines of a commit and write its file contents; no ref moves yet.

    Raises:
        HttpError: 400 for a malformed line or an unknown LFS file, 413 for too many
            operations, 422 for an invalid path.
    """
    pending = PendingCommit()
    for number, line in enumerate(lines):
        if number > MAX_OPERATIONS:
            raise HttpError(413, f"A commit may hold {MAX_OPERATIONS} operations")
        if line.strip():
            _take(session, pending, _parsed(line))
        if pending.waiting_bytes > 32 << 20:
            _flush(pending, session.git)
    if pending.header is None:
        raise bad_request("The commit has no header line")
    return pending


def apply_commit(session: RepositorySession, pending: PendingCommit, ref: str) -> Commit:
    """Put a pending commit on the tip of `ref`, durably, and return the new commit.

    One that changes nothing still makes a commit, as on the real Hub.

    Raises:
        RefMovedError: the tip is not the parent the client saw.
        HttpError: 404 when a path to delete is missing.
        FolderInTheWayError: a file would take the place of a folder.
    """
    repository, user = session.git, session.require_user()
    header = pending.header or Header("", "", None)
    with repository.writing():
        tip = repository.refs.read(ref)
        if header.parent is not None and not _same_commit(header.parent, tip):
            raise RefMovedError
        parent = repository.objects.commit(tip) if tip else None
        _check_deletions(repository, parent, pending)
        tree, trees = tree_changes.apply_changes(
            repository.objects,
            parent.tree if parent else None,
            pending.tree_changes,
            removed={deletion.path for deletion in pending.deletions},
        )
        message = header.summary + (f"\n\n{header.description}" if header.description else "")
        made = tree_changes.commit(
            tree, [tip] if tip else [], author=user.name, email=user.email, message=message
        )
        repository.objects.add([*pending.blobs, *trees, made])
        sha = made.id.decode("ascii")
        move_ref(session, ref, sha, old=tip)
    return repository.objects.commit(sha)


def move_ref(session: RepositorySession, ref: str, sha: str, *, old: str | None) -> None:
    """Point `ref` at `sha`; when it is main, update the registry. Only while `writing()`.

    Raises:
        RefMovedError: it points elsewhere than at `old`.
        TreeTooLargeError: the commit is over the limits.
    """
    objects = session.git.objects
    objects.check_tree(objects.commit(sha).tree)
    if ref != MAIN_REF:
        session.git.refs.write(ref, sha, old=old)
        return
    session.hub.registry.mark_dirty(session.storage_id)
    session.git.refs.write(ref, sha, old=old)
    refresh(session.hub, session.storage_id)


def _parsed(line: bytes) -> Operation:
    try:
        return parse_operation(line)
    except OperationError as error:
        raise HttpError(422 if error.invalid_path else 400, str(error)) from error


def _take(session: RepositorySession, pending: PendingCommit, operation: Operation) -> None:
    match operation:
        case Header():
            pending.header = operation
        case PutFile(path, content):
            _put(pending, path, content)
        case PutLfs(path, oid, size):
            pointer = _linked(session, oid, size)
            _put(pending, path, pointer_text(pointer))
        case Delete():
            pending.deletions.append(operation)


def _put(pending: PendingCommit, path: str, content: bytes) -> None:
    made = tree_changes.blob(content)
    pending.blobs.append(made)
    pending.waiting_bytes += len(content)
    pending.tree_changes[path] = TreeItem(FILE_MODE, made.id.decode("ascii"))


def _flush(pending: PendingCommit, repository: GitRepository) -> None:
    repository.objects.add(pending.blobs)
    pending.blobs.clear()
    pending.waiting_bytes = 0


def _linked(session: RepositorySession, oid: str, size: int | None) -> LfsPointer:
    hub = session.hub
    if hub.xet and not hub.links.holds(session.storage_id, oid):
        xet_staging.adopt(session, oid, size)
    actual = hub.lfs.size(oid)
    if actual is None or not link_if_readable(session, oid, actual):
        raise bad_request(f"The LFS file {oid} was not uploaded to this repository")
    if size is not None and size != actual:
        raise bad_request(f"The LFS file {oid} has {actual} bytes, not {size}")
    return LfsPointer(oid, actual)


def _check_deletions(
    repository: GitRepository, parent: Commit | None, pending: PendingCommit
) -> None:
    for deletion in pending.deletions:
        entry = repository.find(parent, deletion.path) if parent else None
        if entry is None or (deletion.folder and not entry.is_folder):
            raise HttpError(404, "A file with this name doesn't exist", code="EntryNotFound")
        pending.tree_changes.setdefault(deletion.path, None)


def _same_commit(said: str, tip: str | None) -> bool:
    return tip is not None and len(said) >= 7 and tip.startswith(said.lower())
