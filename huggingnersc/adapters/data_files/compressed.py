"""Text files, also compressed ones, opened alike."""

from __future__ import annotations

import csv
import gzip
import os
import zlib
from io import BufferedIOBase, TextIOWrapper
from typing import TYPE_CHECKING

from huggingnersc.domain.draft.file_type import COMPRESSED
from huggingnersc.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONGEST_LINE = 1 << 22  # characters; a few MB of a compressed file may be one line of GB

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


def table_lines(text: TextIOWrapper) -> Iterator[str]:
    """Yield the lines of a table. Raises: csv.Error: one is longer than `LONGEST_LINE`."""
    while line := text.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            raise csv.Error(f"a line has more than {LONGEST_LINE:,} characters")
        yield line


def position(stream: BufferedIOBase | TextIOWrapper) -> int:
    """Return how many bytes of the file on disk were read so far, as they are stored."""
    return os.lseek(stream.fileno(), 0, os.SEEK_CUR)


def damaged(file: Path, error: Exception) -> DatasetError:
    """Make the error for a file whose compressed data ends early or is not what it should be."""
    return DatasetError(
        f"{file} cannot be decompressed: {error}.",
        hint="Fix the file, or give the folder without it; gunzip -t checks it.",
    )
