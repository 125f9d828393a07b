"""The folder of a static site, which is whole or absent, and replaced only where it is ours."""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.files.scratch_folder import scratch_folder
from huggingnersc.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterator

MARKER = ".huggingnersc-export"
_MARKED = b"This folder was written by export-catalog, which replaces all of it.\n"
_FOLDER_MODE, _FILE_MODE = 0o755, 0o644  # a web server reads them


class StaticFolder:
    """A folder that is being filled, beside the one that it will replace."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = 0
        self.size_bytes = 0

    def add(self, path: str, content: bytes) -> bool:
        """Write a file; return whether it could be, as its place was free.

        Args:
            path: below the folder; no part of it is `..`.
            content: all of it.

        Raises:
            DatasetError: it cannot be written.
        """
        file = self.folder / path
        with _explained(file):
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
                with file.open("xb") as stream:
                    stream.write(content)
            except (FileExistsError, NotADirectoryError, IsADirectoryError):
                return False
        self.files += 1
        self.size_bytes += len(content)
        return True


def require_replaceable(folder: Path) -> bool:
    """Return whether a folder holds an earlier site; it may also be empty or missing.

    Raises:
        DatasetError: it holds something else, or is no folder.
    """
    try:
        names = sorted(one.name for one in folder.iterdir())
    except FileNotFoundError:
        return False
    except NotADirectoryError as error:
        raise DatasetError(f"{folder} is a file.", hint="Name another folder.") from error
    if names and MARKER not in names:
        raise DatasetError(
            f"{folder} holds something that export-catalog did not write, such as {names[0]}; "
            "nothing was touched.",
            hint="Name another folder, or a new one in it.",
        )
    return bool(names)


@contextmanager
def static_folder(folder: Path) -> Iterator[StaticFolder]:
    """Yield a folder to fill; it takes the place of `folder` when the block ends without an error.

    Until then it is a hidden one beside it, which an error, Ctrl-C or else the next call removes.

    Raises:
        DatasetError: `folder` holds something else, or cannot be written.
    """
    require_replaceable(folder)
    target = folder.absolute()
    before = target.with_name(f".{target.name}.before")
    with ExitStack() as stack:
        with _explained(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            scratch = scratch_folder(target.parent, f".{target.name}-")
            made = stack.enter_context(scratch)
            if before.exists() and not target.exists():  # killed in the middle of the exchange
                before.rename(target)
            filled = StaticFolder(made / "site")
            filled.folder.mkdir()
        yield filled
        filled.add(MARKER, _MARKED)
        with _explained(target):
            _open_to_all(filled.folder)
            _exchange(filled.folder, target, before, made)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn a failed write into an error with the next step."""
    try:
        yield
    except OSError as error:
        raise DatasetError(
            f"{error.filename or path} cannot be written: {error.strerror or error}.",
            hint="Fix the cause (space, quota, permissions), then run the same command again.",
        ) from error


def _open_to_all(folder: Path) -> None:
    for root, _, files in os.walk(folder):
        Path(root).chmod(_FOLDER_MODE)
        for name in files:
            (Path(root) / name).chmod(_FILE_MODE)


def _exchange(new: Path, target: Path, before: Path, trash: Path) -> None:
    """Put a folder in the place of another one, which goes to `trash` by way of `before`."""
    require_replaceable(target)  # someone may have filled it meanwhile
    with suppress(FileNotFoundError):
        before.rename(trash / "older")
    with suppress(FileNotFoundError):
        target.rename(before)
    try:
        new.rename(target)
    except OSError:
        if before.exists():
            before.rename(target)
        raise
    with suppress(OSError):  # the next call removes it
        before.rename(trash / "before")
