"""All repositories under one root, by their storage id."""

from __future__ import annotations

import re
import shutil
import threading
import time
import uuid
from collections import OrderedDict
from contextlib import suppress
from typing import TYPE_CHECKING

from dulwich.repo import Repo

from huggingnersc.hub_server.storage.durable import sync_folders
from huggingnersc.hub_server.storage.repository import GitRepository

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from huggingnersc.hub_server.storage.limits import GitLimits

_STORAGE_ID = re.compile(r"[0-9a-f]{24}")
_KEPT_OPEN = 32
_HALF_MADE_AFTER_S = 600
_MARK = "quarantined"
_REASON_LENGTH = 1_000


class RepositoryStore:
    """The folder `repos/`: one bare repository per storage id, whatever its name is today.

    Names live in the registry only, so a rename touches no file and no name becomes a path.
    """

    def __init__(self, root: Path, limits: GitLimits | None = None) -> None:
        self._limits = limits
        self.folder = root / "repos"
        self.locks = root / "locks"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.locks.mkdir(parents=True, exist_ok=True)
        self._open: OrderedDict[str, GitRepository] = OrderedDict()
        self._lock = threading.Lock()

    def path(self, storage_id: str) -> Path:
        """Return the folder of a repository; ids are 24 hexadecimal digits and nothing else."""
        if not _STORAGE_ID.fullmatch(storage_id):
            raise ValueError(storage_id)
        return self.folder / f"{storage_id}.git"

    def open(self, storage_id: str) -> GitRepository:
        """Return a repository; the ones used last stay open."""
        with self._lock:
            if storage_id not in self._open:
                lock_file = self.locks / f"{storage_id}.lock"
                self._open[storage_id] = GitRepository(
                    self.path(storage_id), lock_file, self._limits
                )
            self._open.move_to_end(storage_id)
            while len(self._open) > _KEPT_OPEN:
                _, forgotten = self._open.popitem(last=False)
                forgotten.objects.close()
            return self._open[storage_id]

    def create(self) -> tuple[str, GitRepository]:
        """Create an empty repository; it is not visible until the registry names its id."""
        storage_id = uuid.uuid4().hex[:24]
        folder = self.path(storage_id)
        Repo.init_bare(folder, mkdir=True, default_branch=b"main").close()
        sync_folders([folder, folder / "refs", folder / "objects", self.folder])
        return storage_id, self.open(storage_id)

    def delete(self, storage_id: str) -> None:
        """Remove a repository that the registry no longer names."""
        with self._lock:
            opened = self._open.pop(storage_id, None)
        if opened is not None:
            opened.objects.close()
        shutil.rmtree(self.path(storage_id), ignore_errors=True)
        (self.locks / f"{storage_id}.lock").unlink(missing_ok=True)

    def quarantine(self, storage_id: str, reason: str) -> None:
        """Let no one use a repository, for a reason of one sentence, until it is released."""
        with suppress(FileNotFoundError):  # deleted meanwhile
            (self.path(storage_id) / _MARK).write_text(reason[:_REASON_LENGTH])

    def release(self, storage_id: str) -> None:
        """Let everyone use a repository again."""
        (self.path(storage_id) / _MARK).unlink(missing_ok=True)

    def quarantine_reason(self, storage_id: str) -> str | None:
        """Return why a repository is quarantined, None when it is not."""
        try:
            return (self.path(storage_id) / _MARK).read_text(errors="replace")
        except (FileNotFoundError, NotADirectoryError):
            return None

    def quarantined_ids(self) -> list[str]:
        """Return the ids of the quarantined repositories."""
        return sorted(found for found, folder in self._on_disk() if (folder / _MARK).is_file())

    def sweep(self, known: Collection[str]) -> None:
        """Remove repositories that a killed server made but never named."""
        limit = time.time() - _HALF_MADE_AFTER_S
        for storage_id, folder in list(self._on_disk()):
            if storage_id not in known and folder.stat().st_mtime < limit:
                self.delete(storage_id)

    def close(self) -> None:
        """Close every open file."""
        with self._lock:
            for repository in self._open.values():
                repository.objects.close()
            self._open.clear()

    def _on_disk(self) -> Iterator[tuple[str, Path]]:
        for folder in self.folder.iterdir():
            if folder.suffix == ".git" and _STORAGE_ID.fullmatch(folder.stem):
                yield folder.stem, folder
