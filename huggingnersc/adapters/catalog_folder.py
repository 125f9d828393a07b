"""The catalog on disk: one folder per dataset, written whole or not at all."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.domain.catalog.record import Record, read_record, record_name
from huggingnersc.domain.metadata.strict_json import read_object
from huggingnersc.domain.problems import nearest
from huggingnersc.errors import (
    DatasetBusyError,
    DatasetError,
    DatasetUnknownError,
    RecordDamagedError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from huggingnersc.domain.catalog.plan import PlannedFile

_LOCKS = ".locks"
_READ = 0o444
_ENTER = 0o111


class CatalogFolder:
    """The folder that holds a centre's catalog.

    Args:
        root: its absolute path; it need not exist for reading.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def nicknames(self) -> tuple[str, ...]:
        """Give the nickname of every folder that holds a record, sorted."""
        folders = self.root.iterdir() if self.root.is_dir() else ()
        return tuple(sorted(f.name for f in folders if (f / record_name(f.name)).is_file()))

    def record(self, nickname: str) -> Record:
        """Read the record of a dataset.

        Raises:
            DatasetUnknownError: nothing is cataloged under this nickname; the hint names the
                nearest ones.
            RecordDamagedError: the record cannot be read.
        """
        file = self.root / nickname / record_name(nickname)
        if not nickname or Path(nickname).name != nickname or not file.is_file():
            raise self._unknown(nickname)
        try:
            content, problems = read_object(file.read_bytes(), name=str(file))
            if content is None:
                raise ValueError("; ".join(problem.message for problem in problems))
            return read_record(content)
        except (OSError, ValueError) as error:
            raise RecordDamagedError(
                f"The record {file} is damaged: {error}.",
                hint="Mend the file or restore it from a snapshot; the Hub is untouched.",
            ) from error

    def content(self, nickname: str) -> dict[str, bytes] | None:
        """Give every file of a dataset's folder by name; None when there is no such folder."""
        folder = self.root / nickname
        if not folder.is_dir():
            return None
        return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}

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
            _make_folder(folder, like=self.root)
            mode = self.root.stat().st_mode & 0o666
        lock = FileLock(folder / f"{nickname.casefold()}.lock", mode=mode, timeout=0)
        try:
            with _explained(self.root):
                lock.acquire()
        except Timeout as error:
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
        with _explained(self.root):
            if staged.exists():
                shutil.rmtree(staged)
            _make_folder(staged, like=self.root)
            for file in files:
                _write(staged / file.path, file.content, like=self.root)
            _sync_folder(staged)
        return staged

    def settle(self, nickname: str, staged: Path) -> Path:
        """Give a staged folder its name; where the folder exists, replace its files one by one.

        The record goes last, so a folder with a record is a whole one.
        """
        final = self.root / nickname
        with _explained(self.root):
            if final.is_dir():
                record = record_name(nickname)
                for file in sorted(staged.iterdir(), key=lambda entry: entry.name == record):
                    file.replace(final / file.name)
                _sync_folder(final)
                staged.rmdir()
            else:
                staged.rename(final)
            _sync_folder(self.root)
        return final

    def discard(self, staged: Path) -> None:
        """Remove what was staged and will not be used."""
        shutil.rmtree(staged, ignore_errors=True)

    def _unknown(self, nickname: str) -> DatasetUnknownError:
        close = nearest(nickname, self.nicknames(), count=3)
        return DatasetUnknownError(
            f'No dataset "{nickname}" is cataloged in {self.root}.',
            hint=f"Did you mean {', '.join(close)}?" if close else "Nothing similar is cataloged.",
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


def _make_folder(folder: Path, *, like: Path) -> None:
    folder.mkdir(exist_ok=True)
    _open_like(folder, like=like, readable=_READ | _ENTER)


def _write(file: Path, content: bytes, *, like: Path) -> None:
    with file.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    _open_like(file, like=like, readable=_READ)


def _open_like(path: Path, *, like: Path, readable: int) -> None:
    """Give `path` the group of `like`, and let everyone read it who may read `like`."""
    model, own = like.stat(), path.stat()
    if own.st_uid != os.geteuid():
        return  # a colleague's: theirs to change
    if own.st_gid != model.st_gid:
        with suppress(PermissionError):  # not a member of that group: the own one has to do
            os.chown(path, -1, model.st_gid)
    setgid = model.st_mode & 0o2000 if path.is_dir() else 0
    path.chmod((path.stat().st_mode | (model.st_mode & readable) | setgid) & 0o7777)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
