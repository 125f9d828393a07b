"""The removed datasets of a catalog: whole folders, put aside and brought back by one rename."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from huggingnersc.adapters.files.open_folder import OpenFolder
from huggingnersc.adapters.files.path_status import resolved
from huggingnersc.adapters.files.shared_files import (
    explained,
    folder_mode,
    make_shared_folder,
    parsed_record,
    read_content,
    unreadable,
)
from huggingnersc.domain.catalog.record import MAX_RECORD_BYTES, parse_record, record_name
from huggingnersc.domain.catalog.removed_dataset import (
    RemovedDataset,
    next_stamp,
    parse_removed_dir_name,
    removed_dir_name,
    stamp,
)
from huggingnersc.errors import DatasetExistsError
from huggingnersc.fixes import Fix, Message, Verb

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.domain.catalog.folder_content import FolderContent
    from huggingnersc.domain.catalog.record import Record

_REMOVED = ".removed"


class RemovedDatasets:
    """The folder `.removed` in a catalog; it is made with the first removal.

    Args:
        root: the catalog folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / _REMOVED
        self._place = resolved(root)

    def remove(self, nickname: str) -> RemovedDataset:
        """Move a dataset's folder among the removed ones, by one rename.

        Call it while holding the nickname.

        Raises:
            DatasetError: the catalog folder cannot be written.
        """
        with explained(self.root), self._opened() as root:
            like = root.status
            mode = folder_mode(like) | stat.S_ISGID
            with make_shared_folder(root, _REMOVED, mode=mode, like=like) as removed:
                removed_at = self._next_time(nickname)
                removed_dir = self.folder / removed_dir_name(nickname, removed_at)
                root.move(nickname, removed, removed_dir.name)
                removed.sync()
                record = _record_in(removed, removed_dir.name, nickname)
            root.sync()
        return RemovedDataset(nickname, removed_at, removed_dir, record)

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
            with self._opened() as root, root.folder(_REMOVED) as folder:
                found = [
                    RemovedDataset(*named, self.folder / name, _record_in(folder, name, named[0]))
                    for name in folder.names
                    if (named := parse_removed_dir_name(name)) and nickname in {None, named[0]}
                ]
        except (FileNotFoundError, NotADirectoryError):
            return ()
        except OSError as error:
            raise unreadable(self.folder, error) from error
        found.sort(key=lambda removed: removed.removed_at, reverse=True)
        found.sort(key=lambda removed: removed.nickname)
        return tuple(found)

    def content(self, removed_dataset: RemovedDataset) -> FolderContent:
        """Return the regular files of a removed dataset's folder.

        Raises:
            DatasetError: it cannot be read.
        """
        path = removed_dataset.path
        try:
            with self._opened() as root, root.folder(_REMOVED, path.name) as folder:
                return read_content(folder, root.status)
        except OSError as error:
            raise unreadable(path, error) from error

    def dataset(self, removed_dataset: RemovedDataset) -> tuple[Record, FolderContent]:
        """Return the record of a removed dataset and the files of its folder.

        Raises:
            RecordDamagedError: the record cannot be read.
            DatasetError: the folder cannot be read.
        """
        content, nickname = self.content(removed_dataset), removed_dataset.nickname
        file = removed_dataset.path / record_name(nickname)
        return parsed_record(content.files.get(file.name, b""), nickname, file), content

    def restore(self, removed_dataset: RemovedDataset) -> Path:
        """Put a removed dataset back into the catalog, by one rename.

        Call it while holding the nickname.

        Raises:
            DatasetExistsError: the nickname is taken.
            DatasetError: the catalog folder cannot be written.
        """
        nickname, path = removed_dataset.nickname, removed_dataset.path
        with explained(self.root), self._opened() as root, root.folder(_REMOVED) as removed:
            if root.status_of(nickname) is not None:
                raise _taken(nickname)
            removed.move(path.name, root, nickname)
            removed.sync()
            root.sync()
        return self.root / nickname

    def _opened(self) -> OpenFolder:
        return OpenFolder.at(self._place, shown=self.root)


def _taken(nickname: str) -> DatasetExistsError:
    return DatasetExistsError(
        f'"{nickname}" is cataloged already.',
        hint=Message("Remove that one first: ", Fix(Verb.REMOVE_DATASET, (nickname,))),
    )


def _record_in(removed: OpenFolder, name: str, nickname: str) -> Record | None:
    try:
        with removed.folder(name) as folder:
            data, _ = folder.read(record_name(nickname), most=MAX_RECORD_BYTES + 1)
        return parse_record(data, nickname)
    except (OSError, ValueError):
        return None
