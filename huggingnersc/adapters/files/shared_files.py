"""Files and folders of a group: written atomically, with the modes of the catalog folder."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.files.open_folder import LinkError
from huggingnersc.adapters.files.owners import Keepers, doubt
from huggingnersc.domain.catalog.folder_content import FolderContent
from huggingnersc.domain.catalog.record import MAX_RECORD_BYTES, parse_record
from huggingnersc.domain.catalog.recovery_hints import recovery_hint
from huggingnersc.domain.text.shell import shell_word, shown
from huggingnersc.errors import DatasetError, RecordDamagedError
from huggingnersc.fixes import Message, ShellCommand

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from huggingnersc.adapters.files.open_folder import OpenFolder
    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.fixes import Text


def file_mode(root: os.stat_result) -> int:
    """Return the mode of a catalog file: who may read the catalog may read it."""
    return 0o600 | root.st_mode & 0o664


def folder_mode(root: os.stat_result) -> int:
    """Return the mode of a catalog folder: who may write the catalog may change it."""
    return 0o700 | root.st_mode & (0o777 | stat.S_ISGID)


def writers_mode(root: os.stat_result) -> int:
    """Return the mode of a folder for those who may write the catalog; readers get nothing."""
    group = 0o070 if root.st_mode & stat.S_IWGRP else 0
    return stat.S_ISGID | 0o700 | group | (0o007 if root.st_mode & stat.S_IWOTH else 0)


def unreadable(path: Path, error: OSError) -> DatasetError:
    """Make the error for a file or folder that cannot be read."""
    named = error.filename if isinstance(error, LinkError) else path
    hint = link_hint(error) or (
        "Ask its owner to let you read it."
        if isinstance(error, PermissionError)
        else Message("See what is there: ", ShellCommand(f"ls -ld {shell_word(named)}"))
    )
    return DatasetError(f"{named} cannot be read: {error.strerror or error}.", hint=hint)


@contextmanager
def explained(root: Path) -> Iterator[None]:
    """Turn a failed write below the catalog folder `root` into an error with the next step."""
    try:
        yield
    except OSError as error:
        hint = "Fix the cause (space, quota, permissions), then run the same command again."
        raise DatasetError(
            f"The catalog folder {root} cannot be written: {error.strerror or error}"
            f"{f' ({shown(str(error.filename))})' if error.filename else ''}.",
            hint=link_hint(error) or hint,
        ) from error


def link_hint(error: OSError) -> Text | None:
    """Return the next step where a link is in the way; None for other errors."""
    if not isinstance(error, LinkError):
        return None
    command = ShellCommand(f"rm {shell_word(str(error.filename))}")
    return Message("Find out who put it there (ls -l), then remove the link: ", command)


def read_content(folder: OpenFolder, root: os.stat_result) -> FolderContent:
    """Read every regular file of a dataset's folder; of one larger than any written here a part.

    Args:
        folder: the dataset's.
        root: the status of the catalog folder.
    """
    files, doubts, keepers = {}, {}, Keepers.of(folder.status, root)
    for name in folder.names:
        try:
            files[name], status = folder.read(name, most=MAX_RECORD_BYTES + 1)
        except IsADirectoryError:
            continue
        except LinkError:
            doubts[name] = "is a link, which is not followed"
        except PermissionError:
            raise
        except OSError:
            if folder.status_of(name) is None:  # removed meanwhile
                continue
            doubts[name] = "is not a regular file"
        else:
            if reason := doubt(status, keepers):
                doubts[name] = reason
    return FolderContent(files, doubts)


def parsed_record(data: bytes, nickname: str, file: Path) -> Record:
    """Return the record of a dataset.

    Raises:
        RecordDamagedError: it cannot be read.
    """
    try:
        return parse_record(data, nickname)
    except ValueError as error:
        raise RecordDamagedError(
            f"The record {file} is damaged: {error}.",
            hint=Message("The Hub is untouched. ", recovery_hint(file.parent)),
        ) from error


def make_shared_folder(
    parent: OpenFolder, name: str, *, mode: int, like: os.stat_result
) -> OpenFolder:
    """Open a folder; one that is made for it gets this mode and the group of `like`."""
    folder = parent.make(name)
    if folder.is_new:
        folder.share(mode=mode, like=like)
    return folder


def replace_files(
    final: OpenFolder, staged: OpenFolder, *, last: str, stale: Sequence[str]
) -> None:
    """Move every file of `staged` over its like in `final`, the file `last` as the last one."""
    for name in stale:
        final.unlink(name)
    for name in sorted(staged.names, key=lambda name: (name == last, name)):
        if name == last:
            final.sync()  # the record never reaches the disk before the files it names
        _move_file(name, staged, final)
    final.sync()


def _move_file(name: str, staged: OpenFolder, final: OpenFolder) -> None:
    """Move a file over its like; where a link was moved in its place, write what is held open.

    Else a colleague's link could replace the record, which would then be lost.
    """
    descriptor = staged.descriptor_of(name, os.O_RDONLY)
    with os.fdopen(descriptor, "rb") as held:
        staged.move(name, final, name)
        if not final.holds(name, descriptor):
            status = os.fstat(descriptor)
            final.unlink(name)
            final.write(name, held.read(), mode=stat.S_IMODE(status.st_mode), like=status)
