"""One bare git repository on disk."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from huggingnersc.hub_server.storage import history as reading
from huggingnersc.hub_server.storage.cache import Memory
from huggingnersc.hub_server.storage.errors import EntryMissingError, RepositoryBusyError
from huggingnersc.hub_server.storage.objects import Objects
from huggingnersc.hub_server.storage.refs import Refs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from huggingnersc.hub_server.storage.limits import GitLimits
    from huggingnersc.hub_server.storage.values import Change, Commit, TreeEntry

LOCK_TIMEOUT_S = 120


class GitRepository:
    """Read one repository, and hold the right to write it.

    Attributes:
        folder: the bare repository.
        objects: its objects.
        refs: its refs.
    """

    def __init__(self, folder: Path, lock_file: Path, limits: GitLimits | None = None) -> None:
        self.folder = folder
        self.objects = Objects(folder, limits)
        self.refs = Refs(folder, self.objects)
        self._lock_file = lock_file
        self._threads = threading.Lock()
        self._last: Memory[tuple[str, str], dict[str, str]] = Memory(20_000, weigh=len)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the only right to move refs, among all threads and processes.

        Raises:
            RepositoryBusyError: another writer held it for two minutes.
        """
        if not self._threads.acquire(timeout=LOCK_TIMEOUT_S):
            raise RepositoryBusyError("The repository is busy")
        try:
            with FileLock(self._lock_file, timeout=LOCK_TIMEOUT_S, poll_interval=0.01):
                self.refs.clear_stale_locks()
                yield
        except Timeout as error:
            message = "Another process is writing to the repository"
            raise RepositoryBusyError(message) from error
        finally:
            self._threads.release()

    def resolve(self, revision: str) -> Commit:
        """Return the commit a revision names. Raises: RevisionMissingError."""
        return self.objects.commit(self.refs.resolve(revision))

    def find(self, commit: Commit, path: str) -> TreeEntry | None:
        """Return the file or folder at `path` (`""` is the root), None when there is none."""
        return reading.find(self.objects, commit.tree, path)

    def file(self, commit: Commit, path: str) -> TreeEntry:
        """Return the file at `path`. Raises: EntryMissingError: there is none."""
        entry = self.find(commit, path)
        if entry is None or entry.is_folder:
            raise EntryMissingError(path, commit=commit.sha)
        return entry

    def walk(
        self, commit: Commit, folder: str = "", *, recursive: bool = False, after: str = ""
    ) -> Iterator[TreeEntry]:
        """Yield the entries of a folder in git's order.

        Args:
            commit: where to look.
            folder: the folder, `""` for the root.
            recursive: with everything below.
            after: begin behind this path below `folder`; a folder's path ends with `/`.

        Raises:
            EntryMissingError: there is no such folder.
        """
        place = self.find(commit, folder)
        if place is None or not place.is_folder:
            raise EntryMissingError(folder, commit=commit.sha)
        return reading.walk(self.objects, place.oid, folder, recursive=recursive, after=after)

    def last_commits(
        self, commit: Commit, folder: str, looks: Iterator[int] | None = None
    ) -> dict[str, Commit]:
        """Return the newest commit that changed each name in `folder`, by name.

        A request for many folders gives them all the same `looks`, one for each commit it may
        look at; a name that these do not reach is left out.
        """
        found = self._last.peek((commit.sha, folder))
        if found is None:
            looks = iter(range(self.objects.limits.history)) if looks is None else looks
            found = reading.last_commits(self.objects, commit.sha, folder, looks)
            if len(found) == len(reading.folder_items(self.objects, commit, folder)):
                self._last.put((commit.sha, folder), found)
        return {name: self.objects.commit(sha) for name, sha in found.items()}

    def history(self, commit: Commit, path: str = "") -> Iterator[Commit]:
        """Yield the commits up to `commit`, newest first; with `path`, those that changed it.

        Raises:
            HistoryTooLongError: the limit of one request is reached.
        """
        most = self.objects.limits.history
        return reading.history(self.objects, commit.sha, path=path, most=most)

    def changes(self, commit: Commit) -> Iterator[Change]:
        """Yield the files `commit` changed against its first parent, by path."""
        return reading.changes(self.objects, self.tree_before(commit), commit.tree)

    def tree_before(self, commit: Commit) -> str | None:
        """Return the tree of the first parent of `commit`, None when it is the first one."""
        return self.objects.commit(commit.parents[0]).tree if commit.parents else None
