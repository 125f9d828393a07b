"""The removed datasets of a catalog: whole folders, put aside and brought back by one rename."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime
from pathlib import Path

from huggingnersc.adapters.files.shared_files import (
    ALL,
    explained,
    make_folder,
    read_files,
    sync_folder,
    unreadable,
)
from huggingnersc.domain.catalog.record import parse_record, record_name
from huggingnersc.domain.catalog.removed_dataset import (
    RemovedDataset,
    next_stamp,
    parse_removed_dir_name,
    removed_dir_name,
    stamp,
)
from huggingnersc.errors import DatasetExistsError
from huggingnersc.fixes import Fix, Message, Verb

_REMOVED = ".removed"


class RemovedDatasets:
    """The folder `.removed` in a catalog; it is made with the first removal.

    Args:
        root: the catalog folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / _REMOVED

    def remove(self, nickname: str) -> RemovedDataset:
        """Move a dataset's folder among the removed ones, by one rename.

        Call it while holding the nickname.

        Raises:
            DatasetError: the catalog folder cannot be written.
        """
        with explained(self.root):
            make_folder(self.folder, like=self.root, granted=ALL, always=stat.S_ISGID)
            removed_at = self._next_time(nickname)
            removed_dir = self.folder / removed_dir_name(nickname, removed_at)
            (self.root / nickname).rename(removed_dir)
            sync_folder(self.folder)
            sync_folder(self.root)
        return _removed_dataset(removed_dir, nickname, removed_at)

    def _next_time(self, nickname: str) -> str:
        """Return a time later than that of every removal, even by a clock that goes wrong."""
        now = stamp(datetime.now(UTC))
        newest = next((removed.removed_at for removed in self.all(nickname)), "")
        return now if newest < now else next_stamp(newest)

    def all(self, nickname: str | None = None) -> tuple[RemovedDataset, ...]:
        """Return the removed datasets, or those of one nickname: by nickname, the newest first.

        Raises:
            DatasetError: the folder of the removed ones cannot be read.
        """
        try:
            folders = list(self.folder.iterdir())
        except (FileNotFoundError, NotADirectoryError):
            return ()
        except OSError as error:
            raise unreadable(self.folder, error) from error
        found = [
            _removed_dataset(folder, *named)
            for folder in folders
            if (named := parse_removed_dir_name(folder.name)) and nickname in {None, named[0]}
        ]
        found.sort(key=lambda removed: removed.removed_at, reverse=True)
        found.sort(key=lambda removed: removed.nickname)
        return tuple(found)

    def content(self, removed_dataset: RemovedDataset) -> dict[str, bytes]:
        """Return every file of a removed dataset's folder by name.

        Raises:
            DatasetError: it cannot be read.
        """
        try:
            return read_files(removed_dataset.path)
        except OSError as error:
            raise unreadable(removed_dataset.path, error) from error

    def restore(self, removed_dataset: RemovedDataset) -> Path:
        """Put a removed dataset back into the catalog, by one rename.

        Call it while holding the nickname.

        Raises:
            DatasetExistsError: the nickname is taken.
            DatasetError: the catalog folder cannot be written.
        """
        final = self.root / removed_dataset.nickname
        if os.path.lexists(final):
            raise DatasetExistsError(
                f'"{removed_dataset.nickname}" is cataloged already.',
                hint=Message(
                    "Remove that one first: ",
                    Fix(Verb.REMOVE_DATASET, (removed_dataset.nickname,)),
                ),
            )
        with explained(self.root):
            removed_dataset.path.rename(final)
            sync_folder(self.folder)
            sync_folder(self.root)
        return final


def _removed_dataset(folder: Path, nickname: str, removed_at: str) -> RemovedDataset:
    try:
        record = parse_record((folder / record_name(nickname)).read_bytes(), nickname)
    except (OSError, ValueError):
        record = None
    return RemovedDataset(nickname, removed_at, folder, record)
