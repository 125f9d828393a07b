"""Branches, tags and pull-request refs of one repository."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from dulwich.objects import ObjectID
from dulwich.refs import DiskRefsContainer, Ref

from huggingnersc.hub_server.protocol.ref_names import (
    full_ref_candidates,
    is_full_sha,
    is_short_sha,
)
from huggingnersc.hub_server.storage.durable import sync_folders
from huggingnersc.hub_server.storage.errors import (
    RefConflictError,
    RefMovedError,
    RevisionMissingError,
)

if TYPE_CHECKING:
    from huggingnersc.hub_server.storage.objects import Objects


class Refs:
    """The refs under `folder`; reads go to the disk each time, since other processes write too."""

    def __init__(self, folder: Path, objects: Objects) -> None:
        self._folder = folder
        self._objects = objects

    def read(self, ref: str) -> str | None:
        """Return the commit a full ref (`refs/heads/main`, `HEAD`) points at, tags peeled."""
        try:
            _, value = self._container().follow(Ref(ref.encode()))
        except (KeyError, ValueError):
            return None
        return self._objects.peel(value.decode("ascii")) if value else None

    def raw(self, ref: str) -> str | None:
        """Return the object id in a full ref, an annotated tag not peeled."""
        value = self._container().read_ref(Ref(ref.encode()))
        return value.decode("ascii") if value else None

    def all(self) -> dict[str, str]:
        """Return every full ref under `refs/` with its commit, by name."""
        container = self._container()
        found: dict[str, str] = {}
        for name in sorted(container.allkeys()):
            value = container.read_ref(name)
            sha = self._objects.peel(value.decode("ascii")) if value else None
            if sha is not None and name.startswith(b"refs/"):
                found[name.decode("utf-8", "replace")] = sha
        return found

    def resolve(self, revision: str) -> str:
        """Return the commit that a branch, tag, full ref or (short) commit id names.

        Raises:
            RevisionMissingError: there is none.
        """
        if is_full_sha(revision.lower()):  # as git has it; and clients ask by id for every file
            sha = self._by_id(revision)
            if sha is not None:
                return sha
        for ref in full_ref_candidates(revision):
            sha = self.read(ref)
            if sha is not None:
                return sha
        sha = self._by_id(revision)
        if sha is None:
            raise RevisionMissingError(revision)
        return sha

    def write(self, ref: str, new: str, *, old: str | None) -> None:
        """Point `ref` at `new` if it still points at `old` (None: must not exist), durably.

        Raises:
            RefMovedError: it points elsewhere.
            RefConflictError: the name is a folder of other refs, or below another ref.
        """
        container = self._container()
        name, value = Ref(ref.encode()), ObjectID(new.encode("ascii"))
        try:
            if old is None:
                done = container.add_if_new(name, value)
            else:
                done = container.set_if_equals(name, ObjectID(old.encode("ascii")), value)
        except (NotADirectoryError, IsADirectoryError, FileExistsError) as error:
            raise _collision(ref) from error
        path = self._folder / ref
        if not done:
            raise _collision(ref) if path.is_dir() else RefMovedError
        sync_folders(parent for parent in path.parents if parent.is_relative_to(self._folder))

    def delete(self, ref: str) -> None:
        """Remove `ref`; nothing happens when it is not there."""
        self._container().remove_if_equals(Ref(ref.encode()), None)
        sync_folders([self._folder / "refs"])

    def clear_stale_locks(self) -> None:
        """Remove the lock files of a killed server; only while holding the repository's lock."""
        for path in [self._folder / "HEAD.lock", self._folder / "packed-refs.lock"]:
            path.unlink(missing_ok=True)
        for parent, _, names in os.walk(self._folder / "refs"):
            for name in names:
                if name.endswith(".lock"):
                    (Path(parent) / name).unlink(missing_ok=True)

    def _by_id(self, revision: str) -> str | None:
        text = revision.lower()
        if is_full_sha(text):
            return text if self._objects.is_commit(text) else None
        if not is_short_sha(text):
            return None
        found = [oid for oid in self._objects.with_prefix(text) if self._objects.peel(oid) == oid]
        return found[0] if len(found) == 1 else None

    def _container(self) -> DiskRefsContainer:
        return DiskRefsContainer(self._folder)


def _collision(ref: str) -> RefConflictError:
    return RefConflictError(f"Reference {ref} collides with another reference")
