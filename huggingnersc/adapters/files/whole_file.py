"""Write a file that is there whole or not at all."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def write_whole(file: Path, *parts: bytes, is_synced: bool = False) -> None:
    """Write a file that is there whole or not at all, whoever else writes the same one.

    Args:
        file: to write.
        parts: of its content.
        is_synced: whether its content is on disk before it has its name; its name is not then.

    Raises:
        OSError: it cannot be written; the error names the file.
    """
    temporary = file.with_name(f".{file.name}.{os.uname().nodename}.{os.getpid()}")
    try:
        with temporary.open("wb") as stream:
            stream.writelines(parts)
            if is_synced:
                stream.flush()
                os.fsync(stream.fileno())
        temporary.replace(file)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):  # writing to an open file names none
            error.filename, error.filename2 = str(file), None
        raise
