"""The bytes of a repository's files for its pages: of those in git, and of big ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.hub_server.http_error import HttpError

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.hub_server.protocol.lfs_pointer import LfsPointer
    from huggingnersc.hub_server.storage.values import TreeEntry
    from huggingnersc.hub_server.web.repo_view import RepoView


def read_entry(view: RepoView, entry: TreeEntry, limit: int) -> bytes:
    """Return the first bytes of a file. Raises: HttpError: 404, of a big one never uploaded."""
    if entry.lfs is None:
        return view.git.objects.blob(entry.oid)[:limit]
    with big_file(view, entry, entry.lfs).open("rb") as stream:
        return stream.read(limit)


def stored_file(view: RepoView, entry: TreeEntry) -> Path | bytes:
    """Return where a big file is, or the content of one in git. Raises: HttpError: 404."""
    if entry.lfs is None:
        return view.git.objects.blob(entry.oid)
    return big_file(view, entry, entry.lfs)


def big_file(view: RepoView, entry: TreeEntry, pointer: LfsPointer) -> Path:
    """Return the file behind a pointer, when it was uploaded to this repository.

    A pointer alone proves nothing: anyone can write the checksum of another user's file.

    Raises:
        HttpError: 404, it was not.
    """
    hub = view.context.hub
    held = hub.links.holds(view.record.storage_id, pointer.oid)
    if not held or hub.lfs.size(pointer.oid) != pointer.size_bytes:
        raise HttpError(
            404,
            f"{entry.path} points at a big file that was not uploaded",
            code="EntryNotFound",
        )
    return hub.lfs.path(pointer.oid)
