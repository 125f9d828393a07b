"""The catalog on disk: one folder per dataset, written whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.domain.catalog.record import (
    MAX_RECORD_BYTES,
    Record,
    read_record,
    record_name,
)
from huggingnersc.domain.metadata.strict_json import quoted, read_object
from huggingnersc.domain.problems import nearest
from huggingnersc.errors import (
    DatasetBusyError,
    DatasetError,
    DatasetExistsError,
    DatasetUnknownError,
    RecordDamagedError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from huggingnersc.domain.catalog.plan import PlannedFile

_LOCKS = ".locks"
_READ = 0o444
_ENTER = 0o111
_ALL = 0o777
_NO_SUCH_FILE = {errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG}


class CatalogFolder:
    """The folder that holds a centre's catalog.

    Args:
        root: its absolute path; it need not exist for reading.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def nicknames(self) -> tuple[str, ...]:
        """Give the nickname of every folder that holds a record, sorted.

        Raises:
            DatasetError: the catalog folder cannot be read.
        """
        try:
            names = [entry.name for entry in self.root.iterdir()]
        except (FileNotFoundError, NotADirectoryError):
            return ()
        except OSError as error:
            raise _unreadable(self.root, error) from error
        return tuple(sorted(name for name in names if self._holds_record(name)))

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
            raise _unreadable(file, error) from error
        try:
            return _read(data, nickname)
        except ValueError as error:
            raise RecordDamagedError(
                f"The record {file} is damaged: {error}.",
                hint="Mend the file or restore it from a snapshot; the Hub is untouched.",
            ) from error

    def content(self, nickname: str) -> dict[str, bytes] | None:
        """Give every file of a dataset's folder by name; None when there is no such folder.

        Of a file larger than any that is written here only the beginning is given.

        Raises:
            DatasetExistsError: something that is no folder lies in its place.
            DatasetError: it cannot be read.
        """
        folder = self.root / nickname
        try:
            if folder.is_dir():
                return {file.name: _beginning(file) for file in folder.iterdir() if file.is_file()}
        except OSError as error:
            raise _unreadable(folder, error) from error
        if os.path.lexists(folder):
            raise DatasetExistsError(
                f"{folder} exists and is not a folder.",
                hint="Move it away, or choose another nickname.",
            )
        return None

    @contextmanager
    def hold(self, nickname: str) -> Iterator[None]:
        """Keep every other process, on any machine of the file system, off this nickname.

        The lock is the kernel's: it ends with the process, however that ends.

        Raises:
            DatasetBusyError: another process holds it.
            DatasetError: the catalog folder cannot be written.
        """
        from filelock import FileLock, Timeout

        folder = self.root / _LOCKS
        with _explained(self.root):
            # Whoever may write the catalog must be able to take every lock in it.
            _make_folder(folder, like=self.root, granted=_ALL, always=stat.S_ISGID)
            mode = self.root.stat().st_mode & 0o666
        lock = FileLock(folder / f"{nickname.casefold()}.lock", mode=mode, timeout=0)
        with _explained(self.root):
            try:
                lock.acquire()
            except Timeout as error:  # an OSError to Python, so it is caught first
                raise DatasetBusyError(
                    f'Another process is working on "{nickname}" at this moment.',
                    hint=f"Wait for it, then look: inspect-dataset {nickname}",
                ) from error
        try:
            yield
        finally:
            lock.release()

    def stage(self, nickname: str, files: Sequence[PlannedFile]) -> Path:
        """Write the folder of a dataset under a hidden name, synced to disk.

        What an earlier, killed run staged is replaced. Call it while holding the nickname.
        """
        staged = self.root / f".{nickname}.staged"
        try:
            with _explained(self.root):
                if staged.exists():
                    shutil.rmtree(staged)
                _make_folder(staged, like=self.root, granted=_READ | _ENTER | stat.S_ISGID)
                for file in files:
                    _write(staged / file.path, file.content, like=self.root)
                _sync_folder(staged)
        except BaseException:
            self.discard(staged)
            raise
        return staged

    def settle(
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
            staged: what `stage` gave.
            into: the folder to fill; by default the one of the nickname.
            stale: names of files in it that are not wanted any more.
        """
        final = into or self.root / nickname
        with _explained(self.root):
            try:
                staged.rename(final)  # takes the place of nothing or of an empty folder
            except OSError:
                if not final.is_dir():
                    raise
                _replace_files(final, staged, last=record_name(nickname), stale=stale)
            _sync_folder(final.parent)
        return final

    def discard(self, staged: Path) -> None:
        """Remove what was staged and will not be used."""
        shutil.rmtree(staged, ignore_errors=True)

    def _holds_record(self, name: str) -> bool:
        try:
            return _may_be_nickname(name) and (self.root / name / record_name(name)).is_file()
        except OSError:  # a folder closed to us: not one to name
            return False

    def _unknown(self, nickname: str) -> DatasetUnknownError:
        close = nearest(nickname, self.nicknames(), count=3)
        return DatasetUnknownError(
            f"No dataset {quoted(nickname)} is cataloged in {self.root}.",
            hint=f"Did you mean {', '.join(close)}?" if close else "Nothing similar is cataloged.",
        )


def _may_be_nickname(name: str) -> bool:
    """Whether it names a folder in the catalog: not another place, not a hidden one of ours."""
    return name.isprintable() and "/" not in name and name[:1] not in {"", "."}


def _read(data: bytes, nickname: str) -> Record:
    content, problems = read_object(data, name=nickname, limit=MAX_RECORD_BYTES)
    if content is None:
        raise ValueError("; ".join(problem.message for problem in problems))
    record = read_record(content)
    if record.nickname != nickname:
        raise ValueError(f"it is the record of {quoted(record.nickname)}")
    return record


def _beginning(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(MAX_RECORD_BYTES)


def _unreadable(path: Path, error: OSError) -> DatasetError:
    return DatasetError(
        f"{path} cannot be read: {error.strerror or error}.",
        hint="Ask its owner to let you read it.",
    )


@contextmanager
def _explained(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DatasetError(
            f"The catalog folder {root} cannot be written: {error.strerror or error}"
            f"{f' ({error.filename})' if error.filename else ''}.",
            hint="Mend that (space, quota, permissions), then run the same command again.",
        ) from error


def _make_folder(folder: Path, *, like: Path, granted: int, always: int = 0) -> None:
    folder.mkdir(exist_ok=True)
    _open_like(folder, like=like, granted=granted, always=always)


def _replace_files(final: Path, staged: Path, *, last: str, stale: Sequence[str]) -> None:
    for name in stale:
        (final / name).unlink(missing_ok=True)
    for file in sorted(staged.iterdir(), key=lambda entry: (entry.name == last, entry.name)):
        if file.name == last:
            _sync_folder(final)  # the record never reaches the disk before what it tells of
        file.replace(final / file.name)
    _sync_folder(final)
    staged.rmdir()


def _write(file: Path, content: bytes, *, like: Path) -> None:
    with file.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    _open_like(file, like=like, granted=_READ)


def _open_like(path: Path, *, like: Path, granted: int, always: int = 0) -> None:
    """Give `path` the group of `like`, the `granted` bits that `like` has, and `always`."""
    model, own = like.stat(), path.stat()
    if own.st_uid != os.geteuid():
        return  # a colleague's: theirs to change
    if own.st_gid != model.st_gid:
        with suppress(PermissionError):  # not a member of that group: the own one has to do
            os.chown(path, -1, model.st_gid)
    # Asked for anew: chown clears some bits.
    path.chmod(stat.S_IMODE(path.stat().st_mode) | (model.st_mode & granted) | always)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
