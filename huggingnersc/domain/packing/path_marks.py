"""What `--stratify-by` and `--keep-together` see in the path of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.domain.packing.grouping import compiled, matched

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = "folder"


def mark_function(text: str) -> Callable[[bytes], bytes | None]:
    """Return the function that makes a mark of a path; files with the same mark are alike.

    Args:
        text: `folder` for the folder that the file is in, or a regular expression, of which the
            groups count, or all that it finds; empty where all files are alike.

    Returns:
        A function that returns None where the regular expression finds nothing.
    """
    if not text:
        return _nothing
    if text == FOLDER:
        return _folder
    pattern = compiled(text)
    return lambda path: matched(pattern, path)


def _nothing(_path: bytes) -> bytes:
    return b""


def _folder(path: bytes) -> bytes:
    return path.rpartition(b"/")[0]
