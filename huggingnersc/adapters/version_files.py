"""Files in the folder of a version: opened, copied and listed, and no link is followed."""

from __future__ import annotations

import hashlib
import os
import stat
from contextlib import suppress
from typing import IO, TYPE_CHECKING

from huggingnersc.adapters.files.open_folder import LinkError, OpenFolder, require_regular
from huggingnersc.adapters.files.shared_files import file_mode, folder_mode, make_shared_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader

_PIECE_BYTES = 1 << 20
WRITTEN_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH


def open_file(folder: OpenFolder, path: str) -> BufferedReader:
    """Open a file by its path in the folder of a version.

    Raises:
        OSError: there is none, or it is no regular file.
    """
    *above, name = path.split("/")
    with folder.folder(*above) as parent:
        stream = os.fdopen(parent.descriptor_of(name, os.O_RDONLY), "rb")
        try:
            require_regular(os.fstat(stream.fileno()), parent.path / name)
        except OSError:
            stream.close()
            raise
    return stream


def open_parent(folder: OpenFolder, path: str, like: os.stat_result) -> OpenFolder:
    """Open the folder of a path in a staged folder; it is made where it is absent."""
    above = path.rpartition("/")[0]
    if not above:
        return folder.folder()
    return make_shared_folder(folder, above, mode=folder_mode(like), like=like)


def is_own_file(status: os.stat_result) -> bool:
    """Return whether it is a file of this user that no one else may write."""
    is_own = status.st_uid == os.geteuid() and not status.st_mode & WRITTEN_BY_OTHERS
    return is_own and stat.S_ISREG(status.st_mode)


def copy_file(
    stream: BufferedReader,
    folder: OpenFolder,
    name: str,
    like: os.stat_result,
    *,
    mode: int | None = None,
) -> str:
    """Copy a file, synced to disk, and return its SHA-256."""
    digest = hashlib.sha256()

    def pieces() -> Iterator[bytes]:
        while piece := stream.read(_PIECE_BYTES):
            digest.update(piece)
            yield piece

    folder.write_pieces(name, pieces(), mode=file_mode(like) if mode is None else mode, like=like)
    return digest.hexdigest()


def files_in(folder: OpenFolder, above: str = "") -> Iterator[tuple[str, os.stat_result]]:
    """Yield every path in it with its status, of a link its own.

    A folder in a folder, which no version has, is not entered.
    """
    for name, status in folder.statuses:
        if above or not stat.S_ISDIR(status.st_mode):
            yield f"{above}{name}", status
            continue
        with suppress(LinkError), folder.folder(name) as child:
            yield from files_in(child, f"{name}/")


def scratch_file(content: bytes) -> IO[bytes]:
    """Return an open file in memory that holds a content."""
    scratch = os.fdopen(os.memfd_create("huggingnersc"), "w+b")
    scratch.write(content)
    scratch.flush()
    return scratch
