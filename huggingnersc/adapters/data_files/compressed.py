"""Text files, also compressed ones, opened alike."""

from __future__ import annotations

import gzip
import os
import zlib
from io import BufferedIOBase, TextIOWrapper
from typing import TYPE_CHECKING

from huggingnersc.domain.draft.file_type import COMPRESSED
from huggingnersc.errors import DatasetError

if TYPE_CHECKING:
    from pathlib import Path

# Raised while damaged compressed data is read; BadGzipFile is an OSError, so it comes first.
BROKEN = (gzip.BadGzipFile, EOFError, zlib.error)


def open_bytes(file: Path) -> BufferedIOBase:
    """Open a file for reading; one that ends in .gz is decompressed on the way."""
    if file.suffix.lower() == COMPRESSED:
        return gzip.open(file, "rb")
    return file.open("rb")


def open_text(file: Path, encoding: str) -> TextIOWrapper:
    """Open a text file for reading, its line ends unchanged; one in .gz is decompressed."""
    return TextIOWrapper(open_bytes(file), encoding=encoding, newline="")  # type: ignore[arg-type]


def position(stream: BufferedIOBase | TextIOWrapper) -> int:
    """Return how many bytes of the file on disk were read so far, as they are stored."""
    return os.lseek(stream.fileno(), 0, os.SEEK_CUR)


def damaged(file: Path, error: Exception) -> DatasetError:
    """Make the error for a file whose compressed data ends early or is not what it should be."""
    return DatasetError(
        f"{file} cannot be decompressed: {error}.",
        hint="Fix the file, or give the folder without it; gunzip -t checks it.",
    )
