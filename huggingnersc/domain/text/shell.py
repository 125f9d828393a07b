"""Paths made safe to print and to type, whatever their names contain."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from huggingnersc.domain.text.markdown import unbroken

if TYPE_CHECKING:
    from pathlib import PurePath


def shown(path: PurePath | str) -> str:
    """Return a path for a message; controls and bytes that are not text become spaces."""
    return unbroken(str(path))


def is_path(word: str) -> bool:
    """Return whether a word names a folder or file, and not a dataset."""
    return "/" in word or word in {".", "..", "~"}


def shell_word(path: PurePath | str) -> str:
    """Return a path, or any text, as one word of a bash command line."""
    text = str(path)
    if shown(text) == text and text.isprintable():
        is_plain_but_quote = "'" in text and not set(text) & set('"$`\\!')
        return f'"{text}"' if is_plain_but_quote else quote(text)
    data = text.encode("utf-8", "surrogateescape")  # the bytes of a file system name
    return "$'" + "".join(_escaped(byte) for byte in data) + "'"


def _escaped(byte: int) -> str:
    is_plain = 0x20 <= byte < 0x7F and byte not in b"'\\"
    return chr(byte) if is_plain else f"\\x{byte:02x}"
