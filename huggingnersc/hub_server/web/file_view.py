"""How a file is shown, decided by its name and its first bytes."""

from __future__ import annotations

from enum import Enum
from pathlib import PurePosixPath

TEXT_LIMIT = 1024 * 1024
"""The most bytes of a text that are shown."""

LINES_SHOWN = 20_000
"""The most lines of a text that are shown: each is a row of the page."""

PICTURE_LIMIT = 20 * 1000 * 1000


class View(Enum):
    """The ways a file can be shown."""

    MARKDOWN = "markdown"
    NOTEBOOK = "notebook"
    CSV = "csv"
    PARQUET = "parquet"
    PICTURE = "picture"
    TEXT = "text"
    BINARY = "binary"


_BY_SUFFIX = {
    ".md": View.MARKDOWN,
    ".markdown": View.MARKDOWN,
    ".ipynb": View.NOTEBOOK,
    ".csv": View.CSV,
    ".tsv": View.CSV,
    ".parquet": View.PARQUET,
    ".png": View.PICTURE,
    ".jpg": View.PICTURE,
    ".jpeg": View.PICTURE,
    ".gif": View.PICTURE,
    ".webp": View.PICTURE,
}


def view_of(path: str, *, size_bytes: int, sample: bytes) -> View:
    """Decide how the file at `path` is shown.

    A text format whose first bytes are not text, and a picture of more than `PICTURE_LIMIT` bytes,
    are binary; a notebook too big to be read whole is text.
    """
    named = _BY_SUFFIX.get(PurePosixPath(path).suffix.lower(), View.TEXT)
    if named is View.PARQUET:
        return named
    if named is View.PICTURE:
        return named if size_bytes <= PICTURE_LIMIT else View.BINARY
    if b"\0" in sample[:8000]:
        return View.BINARY
    if named is View.NOTEBOOK and size_bytes > 8 * TEXT_LIMIT:
        return View.TEXT
    return named


def read_text(data: bytes) -> tuple[str, str]:
    """Return bytes as text, and a warning when bytes had to be replaced, `""` otherwise."""
    try:
        return data.decode(), ""
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and len(data) - error.start < 4:
            return data[: error.start].decode(), ""
        return data.decode(errors="replace"), "not UTF-8: some characters are replaced"
