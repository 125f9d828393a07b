"""The files a steward gives: read whole, within bounds, as UTF-8."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.domain.problems import Problem, nearest

if TYPE_CHECKING:
    from pathlib import Path

MAX_SCRIPT_BYTES = 1 << 18


def read_text(file: Path, *, name: str) -> tuple[str | None, tuple[Problem, ...]]:
    """Read a script or a companion file; line endings are kept.

    Args:
        file: where it lies.
        name: how the command calls it, such as LOADER_SCRIPT.

    Returns:
        The text and no problem, or None and what is wrong: missing, empty, not a regular file,
        more than 256 KiB, not UTF-8, with NUL bytes.
    """
    data, problems = read_bytes(file, name=name, limit=MAX_SCRIPT_BYTES)
    if data is None:
        return None, problems
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return None, (Problem(name, f"{file} is not UTF-8 text (byte {error.start})"),)
    if "\0" in text:
        return None, (Problem(name, f"{file} holds NUL bytes; it is a binary, not a text file"),)
    if not text.removeprefix("\ufeff").strip():
        return None, (Problem(name, f"{file} is empty"),)
    return text, ()


def read_bytes(file: Path, *, name: str, limit: int) -> tuple[bytes | None, tuple[Problem, ...]]:
    """Read at most `limit` bytes of a regular file, or say why it cannot be had."""
    try:
        if not file.is_file():
            return None, (Problem(name, _why_no_file(file)),)
        with file.open("rb") as stream:
            data = stream.read(limit + 1)
    except OSError as error:
        return None, (Problem(name, f"{file} cannot be read: {error.strerror}"),)
    if len(data) > limit:
        message = f"{file} has more than {limit:,} bytes; that is no script or metadata file"
        return None, (Problem(name, message),)
    return data, ()


def link_problems(file: Path, *, name: str) -> tuple[Problem, ...]:
    """Refuse a symbolic link that leads out of its folder: what it shows may not be meant."""
    try:
        leaves = file.is_symlink() and not file.resolve().is_relative_to(file.parent.resolve())
    except (OSError, RuntimeError):  # a loop of links; that there is no file is told elsewhere
        leaves = False
    if not leaves:
        return ()
    message = f"{file} is a link to {file.resolve()}, out of its folder; give that file itself"
    return (Problem(name, message),)


def _why_no_file(file: Path) -> str:
    if file.exists():
        return f"{file} is not a regular file"
    folder = file.parent
    names = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
    close = nearest(file.name, names)
    return f"{file} does not exist" + (f"; nearest: {close[0]}" if close else "")
