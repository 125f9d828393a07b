"""The catalog on disk: one folder per dataset, written whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.files.filesystem_probe import require_exclusion, require_whole_renames
from huggingnersc.adapters.files.permissions import read_status
from huggingnersc.adapters.files.shared_files import (
    ALL,
    explained,
    make_folder,
    read_files,
    replace_files,
    sync_folder,
    unreadable,
    write_file,
)
from huggingnersc.adapters.removed_datasets import RemovedDatasets
from huggingnersc.domain.catalog.record import (
    MAX_RECORD_BYTES,
    Record,
    parse_record,
    record_name,
)
from huggingnersc.domain.catalog.recovery_hints import recovery_hint
from huggingnersc.domain.metadata.strict_json import quoted
from huggingnersc.domain.text.shell import shell_word
from huggingnersc.errors import (
    DatasetBusyError,
    DatasetError,
    DatasetExistsError,
    DatasetUnknownError,
    RecordDamagedError,
)
from huggingnersc.fixes import Fix, Message, ShellCommand, Verb
from huggingnersc.problems import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from huggingnersc.domain.catalog.removed_dataset import RemovedDataset
    from huggingnersc.domain.planned_file import PlannedFile
    from huggingnersc.fixes import Text

_LOCKS = ".locks"
_NO_SUCH_FILE = {errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG}


class CatalogFolder:
    """The folder that holds a center's catalog.

    Args:
        root: its absolute path; it need not exist for reading.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def make(self) -> None:
        """Make the catalog folder where there is none.

        Raises:
            DatasetError: it cannot be made.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
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
            names = [entry.name for entry in self.root.iterdir()]
        except (FileNotFoundError, NotADirectoryError):
            return ()
        except OSError as error:
            raise unreadable(self.root, error) from error
        return tuple(sorted(name for name in names if self.holds(name)))

    def holds(self, nickname: str) -> bool:
        """Return whether a readable dataset of this nickname is cataloged."""
        if not _may_be_nickname(nickname):
            return False
        try:
            return (self.root / nickname / record_name(nickname)).is_file()
        except OSError:
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
            with file.open("rb") as stream:
                data = stream.read(MAX_RECORD_BYTES + 1)
        except OSError as error:
            if error.errno in _NO_SUCH_FILE:
                raise self._unknown(nickname) from error
            raise unreadable(file, error) from error
        try:
            return parse_record(data, nickname)
        except ValueError as error:
            raise RecordDamagedError(
                f"The record {file} is damaged: {error}.",
                hint=Message("The Hub is untouched. ", recovery_hint(file.parent)),
            ) from error

    def content(self, nickname: str) -> dict[str, bytes] | None:
        """Return every file of a dataset's folder by name; None when there is no such folder.

        Only the beginning of a file larger than any that is written here is returned.

        Raises:
            DatasetExistsError: something that is not a folder is in its place.
            DatasetError: it cannot be read.
        """
        folder = self.root / nickname
        try:
            if folder.is_dir():
                return read_files(folder)
        except OSError as error:
            raise unreadable(folder, error) from error
        if os.path.lexists(folder):
            raise DatasetExistsError(
                f"{folder} exists and is not a folder.",
                hint="Move it away, or choose another nickname.",
            )
        return None

    @contextmanager
    def lock(self, nickname: str) -> Iterator[None]:
        """Keep every other process, on any machine of the file system, off this nickname.

        The lock is the kernel's: it ends with the process, however that ends. What a killed run
        staged and left is removed.

        Raises:
            DatasetBusyError: another process holds it.
            DatasetError: the catalog folder cannot be written.
        """
        from filelock import FileLock, Timeout

        folder = self.root / _LOCKS
        with explained(self.root):
            # Whoever may write the catalog must be able to take every lock in it.
            make_folder(folder, like=self.root, granted=ALL, always=stat.S_ISGID)
            mode = self.root.stat().st_mode & 0o666 | 0o600
        lock = FileLock(folder / f"{nickname.casefold()}.lock", mode=mode, timeout=0)
        with explained(self.root):
            try:
                lock.acquire()
            except Timeout as error:  # an OSError to Python, so it is caught first
                raise DatasetBusyError(
                    f'Another process is working on "{nickname}" at this moment.',
                    hint=Message(
                        "Wait for it, then look: ", Fix(Verb.INSPECT_DATASET, (nickname,))
                    ),
                ) from error
        try:
            with explained(self.root):
                require_exclusion(Path(lock.lock_file))
            self.discard(self._staged(nickname))
            yield
        finally:
            lock.release()

    def require_writable(self, folder: Path) -> None:
        """Make sure that a dataset's folder can be changed and moved, before the Hub is changed.

        Raises:
            DatasetError: it cannot; the hint says what its owner may do.
        """
        if not folder.is_dir() or os.access(folder, os.W_OK | os.X_OK, effective_ids=True):
            return
        owner = read_status(folder).owner
        raise DatasetError(
            f"You may not change {folder}, which belongs to {owner}; nothing was touched.",
            hint=Message("Ask them to run: ", ShellCommand(f"chmod g+rwxs {shell_word(folder)}")),
        )

    def stage(self, nickname: str, files: Sequence[PlannedFile]) -> Path:
        """Write the folder of a dataset under a hidden name, synced to disk.

        What an earlier, killed run staged is replaced. Call it while holding the nickname.
        """
        staged = self._staged(nickname)
        try:
            with explained(self.root):
                if staged.exists():
                    shutil.rmtree(staged)
                # Whoever may write the catalog may change every dataset in it, also much later.
                make_folder(staged, like=self.root, granted=ALL | stat.S_ISGID)
                require_whole_renames(staged)
                for file in files:
                    write_file(staged / file.path, file.content, like=self.root)
                sync_folder(staged)
        except BaseException:
            self.discard(staged)
            raise
        return staged

    def promote(
        self,
        nickname: str,
        staged: Path,
        *,
        into: Path | None = None,
        stale: Sequence[str] = (),
    ) -> Path:
        """Give a staged folder its name; where the folder holds files, replace them one by one.

        The record goes last, so a folder with a record is a whole one, and as long as the record
        is the old one the change is not complete.

        Args:
            nickname: the dataset.
            staged: what `stage` returned.
            into: the folder to fill; by default the one of the nickname.
            stale: names of files in it that are to be deleted.
        """
        final = into or self.root / nickname
        with explained(self.root):
            try:
                staged.rename(final)  # takes the place of nothing or of an empty folder
            except OSError:
                if not final.is_dir():
                    raise
                replace_files(final, staged, last=record_name(nickname), stale=stale)
            sync_folder(final.parent)
        return final

    def removed(self, nickname: str | None = None) -> tuple[RemovedDataset, ...]:
        """Return the removed datasets, or those of one nickname: by nickname, the newest first.

        Raises:
            DatasetError: the folder of the removed ones cannot be read.
        """
        return RemovedDatasets(self.root).all(nickname)

    def _staged(self, nickname: str) -> Path:
        return self.root / f".{nickname}.staged"

    def discard(self, staged: Path) -> None:
        """Remove what was staged and will not be used."""
        shutil.rmtree(staged, ignore_errors=True)

    def _unknown(self, nickname: str) -> DatasetUnknownError:
        return DatasetUnknownError(
            f"No dataset {quoted(nickname)} is cataloged in {self.root}.",
            hint=self._hint_for_unknown(nickname),
        )

    def _hint_for_unknown(self, nickname: str) -> Text:
        if not self.root.is_dir():
            return "That folder is not on this machine; is its file system mounted here?"
        if self.removed(nickname):
            restore = Fix(Verb.RESTORE_DATASET, (nickname,))
            return Message("It was removed; bring it back: ", restore)
        if close := nearest(nickname, self.nicknames(), count=3):
            return f"Did you mean {', '.join(close)}?"
        return Message("See what is: ", Fix(Verb.LIST_DATASETS))


def _may_be_nickname(name: str) -> bool:
    """Return whether it can name a dataset's folder: no path, and not hidden."""
    return name.isprintable() and "/" not in name and name[:1] not in {"", "."}
