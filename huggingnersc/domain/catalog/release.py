"""The commit of a version of the data: what the repository holds at the tag of its name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from huggingnersc.domain.catalog.remote import RemoteRepository
    from huggingnersc.domain.planned_file import PlannedFile, StoredFile


@dataclass(frozen=True, slots=True)
class Release:
    """A version as it is published; the same files at any time.

    Attributes:
        name: of the version, and of its tag.
        files: its card and scripts.
        documents: what describes its data.
    """

    name: str
    files: tuple[PlannedFile, ...]
    documents: tuple[StoredFile, ...]

    @property
    def title(self) -> str:
        """The first line of the commit."""
        return title_of(self.name)

    @property
    def git_oids(self) -> Mapping[str, str]:
        """The git object id of each of its files, by path."""
        return {file.path: file.git_oid for file in self.files}

    def is_held_by(self, remote: RemoteRepository) -> bool:
        """Return whether a repository holds this version, and nothing else."""
        return remote.holds(self.git_oids) and not differ(self.documents, remote)

    def committed(self, remote: RemoteRepository, commit: str) -> RemoteRepository:
        """Return a repository as it is after the commit of this version."""
        kept = remote.files.keys() - remote.own_files.keys() - remote.version_files.keys()
        documents = {one.path: min(one.git_oids) for one in self.documents}
        files = {path: remote.files[path] for path in kept} | dict(self.git_oids) | documents
        return replace(remote, commit=commit, files=files, sizes={})


def title_of(name: str) -> str:
    """Return the first line of the commit of a version."""
    return f"Version {name}"


def differ(documents: Iterable[StoredFile] | None, remote: RemoteRepository | None) -> bool:
    """Return whether a repository lacks some of these documents, or has others."""
    if documents is None:
        return False
    listed = tuple(documents)
    return bool(absent(listed, remote) or (remote and stale(listed, remote)))


def absent(
    documents: Iterable[StoredFile], remote: RemoteRepository | None
) -> tuple[StoredFile, ...]:
    """Return the documents that a repository does not hold."""
    there = remote.files if remote else {}
    return tuple(one for one in documents if there.get(one.path) not in one.git_oids)


def stale(documents: Iterable[StoredFile], remote: RemoteRepository) -> tuple[str, ...]:
    """Return the paths of the documents of other versions in a repository, sorted."""
    return tuple(sorted(remote.version_files.keys() - {one.path for one in documents}))
