"""A folder of new files, written atomically."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from huggingnersc.adapters.files.path_status import is_within, resolved
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.errors import DatasetError
from huggingnersc.fixes import Message, Option, Placeholder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from huggingnersc.domain.planned_file import PlannedFile


def default_folder(nickname: str, data: Path) -> Path:
    """Return `./NICKNAME`, or a folder `NICKNAME_draft` where that would mix the draft with data.

    That is `./NICKNAME_draft` where `./NICKNAME` is or holds the data, and the one beside the data
    where the current folder is in it.
    """
    folder, draft = Path(nickname), f"{nickname}_draft"
    if is_within(Path(), data):
        return data.parent / draft
    is_mixed = is_within(folder, data) or is_within(data, folder)
    return Path(draft) if is_mixed else folder


def require_outside(folder: Path, data: Path) -> None:
    """Refuse a folder that is the data or inside it, under whatever name.

    Raises:
        DatasetError: it is.
    """
    if is_within(folder, data):
        data = resolved(data) if ".." in data.parts else data
        raise DatasetError(
            f"{folder} is inside the data in {data}, which is never changed; nothing was written.",
            hint=Message(
                "Give a folder outside it: ",
                Option(Field.OUTPUT, str(data.parent / f"{data.name}_draft")),
            ),
        )


def existing_files(folder: Path, files: Sequence[PlannedFile]) -> tuple[Path, ...]:
    """Return the files that exist already, broken links too."""
    return tuple(path for file in files if os.path.lexists(path := folder / file.path))


def write_folder(folder: Path, files: Sequence[PlannedFile], *, force: bool = False) -> None:
    """Write all files into a folder, which is made where it is absent.

    All are first written into a folder that only this user can enter, so a full disk changes
    nothing; then a new folder is renamed in one step, and in one that exists each file is moved
    into place.

    Args:
        folder: where to; its other files are left alone.
        files: what to write.
        force: whether files of these names may be replaced.

    Raises:
        DatasetError: files of these names exist (and `force` is not given), or it cannot be
            written; then nothing was changed.
    """
    if not force and (existing := existing_files(folder, files)):
        raise _exists(folder, existing)
    # Inside a folder that exists: its parent may be closed to the user, or another file system.
    parent = folder if folder.is_dir() else folder.parent
    prefix = f".{folder.name}.staged-"
    try:
        parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=prefix, dir=parent, ignore_cleanup_errors=True) as closed:
            staged = Path(closed) / "files"
            staged.mkdir()
            for file in files:
                (staged / file.path).write_bytes(file.content)
            _promote(staged, folder, force=force)
    except FileExistsError as error:  # created by someone else meanwhile
        raise _exists(folder, existing_files(folder, files)) from error
    except OSError as error:
        raise _unwritable(folder, parent / prefix, error) from error


def _promote(staged: Path, folder: Path, *, force: bool) -> None:
    if not folder.is_dir():
        staged.rename(folder)
        return
    placed: list[Path] = []
    try:
        for file in sorted(staged.iterdir()):
            if force:
                file.replace(folder / file.name)
            else:
                (folder / file.name).hardlink_to(file)  # fails where the name exists
                placed.append(folder / file.name)
    except OSError:
        for path in placed:
            path.unlink(missing_ok=True)
        raise


def _unwritable(folder: Path, staged: Path, error: OSError) -> DatasetError:
    """Make the error that names the folder and what else failed, not what begins as `staged`."""
    named = str(error.filename or "")
    is_known = not named or named.startswith(str(staged)) or named == str(folder)
    where = "" if is_known else f" ({named})"
    return DatasetError(
        f"{folder} cannot be written: {error.strerror or error}{where}.",
        hint=Message("Give another folder: ", Option(Field.OUTPUT, Placeholder.DIR)),
    )


def _exists(folder: Path, found: Sequence[Path]) -> DatasetError:
    names = ", ".join(path.name for path in found) or "the folder itself"
    return DatasetError(
        f"{folder} already contains {names}; nothing was written.",
        hint=Message(
            "Give another folder: ",
            Option(Field.OUTPUT, Placeholder.DIR),
            "; or replace these files: ",
            Option(Field.FORCE),
        ),
    )
