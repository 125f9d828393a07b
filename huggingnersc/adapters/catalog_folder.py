"""The catalog on disk: one folder per dataset, written whole or not at all."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.files.filesystem_probe import require_whole_renames
from huggingnersc.adapters.files.open_folder import LinkError, OpenFolder
from huggingnersc.adapters.files.path_status import is_folder, resolved
from huggingnersc.adapters.files.permissions import read_status
from huggingnersc.adapters.files.shared_files import (
    explained,
    file_mode,
    folder_mode,
    make_shared_folder,
    parsed_record,
    read_content,
    replace_files,
    unreadable,
    writers_mode,
)
from huggingnersc.adapters.removed_datasets import RemovedDatasets
from huggingnersc.domain.catalog.folder_content import FolderContent
from huggingnersc.domain.catalog.record import (
    MAX_RECORD_BYTES,
    Record,
    record_name,
)
from huggingnersc.domain.metadata.strict_json import quoted
from huggingnersc.domain.text.shell import shell_word
from huggingnersc.errors import (
    DatasetBusyError,
    DatasetError,
    DatasetExistsError,
    DatasetUnknownError,
)
from huggingnersc.fixes import Fix, Message, ShellCommand, Verb
from huggingnersc.new_folder import make_folder
from huggingnersc.problems import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from huggingnersc.adapters.files.folder_lock import FolderLock
    from huggingnersc.domain.catalog.removed_dataset import RemovedDataset
    from huggingnersc.domain.planned_file import PlannedFile
    from huggingnersc.fixes import Text

_LOCKS = ".locks"
_NO_SUCH_FILE = {errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG}


class CatalogFolder:
    """The folder that holds a center's catalog.

    Its path may be a link; that is resolved once, and no link below it is followed.

    Args:
        root: its absolute path; it need not exist for reading.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._place = resolved(root)
        self._held: dict[str, FolderLock] = {}

    def make(self) -> None:
        """Make the catalog folder where there is none.

        Raises:
            DatasetError: it cannot be made.
        """
        try:
            make_folder(self.root, 0o775)
        except OSError as error:
            raise DatasetError(
                f"The catalog folder {self.root} cannot be made: {error.strerror}.",
                hint="Set HUGGINGNERSC_CATALOG_ROOT to another folder.",
            ) from error

    def nicknames(self) -> tuple[str, ...]:
        """Return the nickname of every folder that holds a record, sorted.

        Raises:
            DatasetError: the catalog folder cannot be read.
        """
        try:
            with self._opened() as root:
                return tuple(name for name in root.names if _is_dataset(root, name))
        except (FileNotFoundError, NotADirectoryError):
            return ()
        except OSError as error:
            raise unreadable(self.root, error) from error

    def holds(self, nickname: str) -> bool:
        """Return whether a dataset of this nickname is cataloged, readable or not."""
        with suppress(OSError), self._opened() as root:
            return _is_dataset(root, nickname)
        return False

    def record(self, nickname: str) -> Record:
        """Read the record of a dataset.

        Raises:
            DatasetUnknownError: nothing is cataloged under this nickname; the hint names the
                nearest ones.
            RecordDamagedError: the record cannot be read.
        """
        file = self.root / nickname / record_name(nickname)
        try:
            if not _may_be_nickname(nickname):
                raise self._unknown(nickname)
            with self._opened() as root, root.folder(nickname) as folder:
                data, _ = folder.read(file.name, most=MAX_RECORD_BYTES + 1)
        except OSError as error:
            if error.errno in _NO_SUCH_FILE:
                raise self._unknown(nickname) from error
            raise unreadable(file, error) from error
        return parsed_record(data, nickname, file)

    def dataset(self, nickname: str) -> tuple[Record, FolderContent]:
        """Read the record and the files of a dataset's folder, the record among them.

        Raises:
            The errors of `record` and `content`.
        """
        record = self.record(nickname)  # says best why there is none
        content = self.content(nickname) or FolderContent()
        file = self.root / nickname / record_name(nickname)
        data = content.files.get(file.name)
        return record if data is None else parsed_record(data, nickname, file), content

    def content(self, nickname: str) -> FolderContent | None:
        """Return the regular files of a dataset's folder; None when there is no such folder.

        Only the beginning of a file larger than any that is written here is returned.

        Raises:
            DatasetExistsError: something that is not a folder is in its place.
            DatasetError: it cannot be read.
        """
        path = self.root / nickname
        try:
            with self._opened() as root, root.folder(nickname) as folder:
                return read_content(folder, root.status)
        except FileNotFoundError:
            return None
        except OSError as error:
            if not isinstance(error, NotADirectoryError | LinkError):
                raise unreadable(path, error) from error
            if not is_folder(self._place):
                return None
            raise DatasetExistsError(
                f"{path} exists and is not a folder.",
                hint="Move it away, or choose another nickname.",
            ) from error

    @contextmanager
    def lock(self, nickname: str) -> Iterator[None]:
        """Keep every other process, on any machine of the file system, off this nickname.

        The lock is the kernel's: it ends with the process, however that ends. What a killed run
        staged and left is removed.

        Raises:
            DatasetBusyError: another process holds it; the sentence says which.
            DatasetError: the catalog folder cannot be written.
        """
        with explained(self.root), self._opened() as root:
            lock = self._acquired(root, nickname)
        self._held[nickname] = lock
        try:
            with suppress(OSError), self._opened() as root:
                root.remove(_staged_name(nickname))
            yield
        finally:
            del self._held[nickname]
            lock.release()

    def _acquired(self, root: OpenFolder, nickname: str) -> FolderLock:
        from huggingnersc.adapters.files.folder_lock import LockedError, acquire

        status = root.status
        mode = writers_mode(status)
        folder = make_shared_folder(root, _LOCKS, mode=mode, like=status)
        name = f"{nickname.casefold()}.lock"
        try:
            return acquire(folder, name, like=status, mode=mode & 0o666)
        except LockedError as error:
            raise _busy(nickname, holder=str(error)) from error

    def require_lock(self, nickname: str) -> None:
        """Make sure, before something is changed, that this process still holds the nickname.

        Raises:
            DatasetBusyError: someone moved the lock file, so another process may hold it too.
        """
        with explained(self.root):
            if not self._held[nickname].is_in_place:
                raise _busy(nickname)

    def require_writable(self, folder: Path) -> None:
        """Make sure that a dataset's folder can be changed and moved, before the Hub is changed.

        Raises:
            DatasetError: it cannot; the hint says what its owner may do.
        """
        if not folder.is_dir():
            return
        for place in (folder, folder.parent):  # to move a folder is to change its parent
            if not os.access(place, os.W_OK | os.X_OK, effective_ids=True):
                raise _unwritable(place)

    def stage(self, nickname: str, files: Sequence[PlannedFile]) -> OpenFolder:
        """Write the folder of a dataset under a hidden name, synced to disk, closed to others.

        What an earlier, killed run staged is replaced. Call it while holding the nickname, and
        give the folder, which stays open, to `promote` or `discard`.
        """
        name = _staged_name(nickname)
        with explained(self.root), self._opened() as root:
            root.remove(name)
            staged, like = root.make(name), root.status
            if not staged.is_new:
                staged.close()
                raise _exchanged(staged)
            try:
                staged.share(mode=folder_mode(like) & ~0o007, like=like)
                require_whole_renames(staged)
                for file in files:
                    staged.write(file.path, file.content, mode=file_mode(like), like=like)
                staged.sync()
            except BaseException:
                self.discard(staged)
                raise
        return staged

    def promote(
        self,
        nickname: str,
        staged: OpenFolder,
        *,
        into: Path | None = None,
        stale: Sequence[str] = (),
    ) -> Path:
        """Rename a staged folder to its final name; replace the files of one that is there.

        The record goes last, so a folder with a record is a whole one, and as long as the record
        is the old one the change is not complete.

        Args:
            nickname: the dataset.
            staged: what `stage` returned.
            into: the folder to fill; by default the one of the nickname.
            stale: names of files in it that are to be deleted.
        """
        path = into or self.root / nickname
        *above, name = path.relative_to(self.root).parts
        with (
            staged,
            explained(self.root),
            self._opened() as root,
            root.folder(*above) as parent,
        ):
            if not root.is_place_of(staged.path.name, staged):
                raise _exchanged(staged)
            if _is_free(parent, name):
                staged.share(mode=folder_mode(root.status), like=root.status)
                root.move(staged.path.name, parent, name)
            else:
                with parent.folder(name) as final:
                    replace_files(final, staged, last=record_name(nickname), stale=stale)
                root.rmdir(staged.path.name)
            parent.sync()
        return path

    def removed(self, nickname: str | None = None) -> tuple[RemovedDataset, ...]:
        """Return the removed datasets, or those of one nickname: by nickname, the newest first.

        Raises:
            DatasetError: the folder of the removed ones cannot be read.
        """
        return RemovedDatasets(self.root).all(nickname)

    def discard(self, staged: OpenFolder) -> None:
        """Remove what was staged and will not be used."""
        with staged, suppress(OSError), self._opened() as root:
            if root.is_place_of(staged.path.name, staged):
                root.remove(staged.path.name)

    def _opened(self) -> OpenFolder:
        return OpenFolder.at(self._place, shown=self.root)

    def _unknown(self, nickname: str) -> DatasetUnknownError:
        return DatasetUnknownError(
            f"No dataset {quoted(nickname)} is cataloged in {self.root}.",
            hint=self._hint_for_unknown(nickname),
        )

    def _hint_for_unknown(self, nickname: str) -> Text:
        if not self.root.is_dir():
            return (
                "That folder does not exist: nothing was cataloged there yet, or its file "
                "system is not mounted on this machine."
            )
        if self.removed(nickname):
            restore = Fix(Verb.RESTORE_DATASET, (nickname,))
            return Message("It was removed; bring it back: ", restore)
        if close := nearest(nickname, self.nicknames(), count=3):
            return f"Did you mean {', '.join(close)}?"
        return Message("See what is: ", Fix(Verb.LIST_DATASETS))


def _unwritable(folder: Path) -> DatasetError:
    return DatasetError(
        f"You may not change {folder}, which belongs to {read_status(folder).owner}; nothing was "
        "touched.",
        hint=Message("Ask them to run: ", ShellCommand(f"chmod g+rwxs {shell_word(folder)}")),
    )


def _may_be_nickname(name: str) -> bool:
    """Return whether it can name a dataset's folder: no path, and not hidden."""
    return name.isprintable() and "/" not in name and name[:1] not in {"", "."}


def _staged_name(nickname: str) -> str:
    return f".{nickname}.staged"


def _is_dataset(root: OpenFolder, name: str) -> bool:
    return _may_be_nickname(name) and root.lists(name, record_name(name))


def _is_free(parent: OpenFolder, name: str) -> bool:
    """Return whether this name is free for a folder: nothing has it, or an empty folder."""
    if parent.status_of(name) is None:
        return True
    with parent.folder(name) as folder:
        return not folder.names


def _exchanged(staged: OpenFolder) -> FileExistsError:
    reason = "someone else put it there meanwhile"
    return FileExistsError(errno.EEXIST, reason, str(staged.path))


def _busy(nickname: str, *, holder: str = "") -> DatasetBusyError:
    who = f" ({holder})" if holder else ""
    return DatasetBusyError(
        f'Another process is working on "{nickname}" at this moment{who}.',
        hint=Message("Wait for it, then look: ", Fix(Verb.INSPECT_DATASET, (nickname,))),
    )
