"""Files that a steward names: read completely, within bounds, as UTF-8."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from huggingnersc.adapters.files.open_folder import require_regular
from huggingnersc.domain.catalog.scripts import MAX_SCRIPT_BYTES
from huggingnersc.domain.text.shell import shown
from huggingnersc.problems import Problem, nearest

_ADDRESS = re.compile(r"(?P<scheme>https?):/+(?P<rest>[^/].*)")  # a path loses the second slash


def read_text(file: Path, *, name: str) -> tuple[str | None, tuple[Problem, ...]]:
    """Read a script or a companion file; line endings are kept.

    Args:
        file: its path.
        name: what problems are about: a field, or the file's own name.

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


def read_bytes(
    file: Path, *, name: str, limit: int, suggest: bool = True
) -> tuple[bytes | None, tuple[Problem, ...]]:
    """Read at most `limit` bytes of a regular file, or report why it cannot be read.

    Args:
        file: its path.
        name: what problems are about: a field, or the file's own name.
        limit: the most bytes it may have.
        suggest: whether to name the nearest file when it does not exist.
    """
    try:
        if not file.is_file():
            return None, (Problem(name, _why_no_file(file, suggest=suggest)),)
        with os.fdopen(os.open(file, os.O_RDONLY | os.O_NONBLOCK), "rb") as stream:
            require_regular(os.fstat(stream.fileno()), file)  # it may be a pipe by now
            data = stream.read(limit + 1)
    except OSError as error:
        return None, (Problem(name, f"{file} cannot be read: {error.strerror}"),)
    if len(data) > limit:
        message = f"{file} has more than {limit:,} bytes; that is not a script or metadata file"
        return None, (Problem(name, message),)
    return data, ()


def read_names(file: Path) -> tuple[Path, ...]:
    """Read file names, one a line or ended by NUL bytes (`find -print0`); `-` reads stdin.

    Raises:
        OSError: the file cannot be read.
    """
    data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    names = data.split(b"\0") if b"\0" in data else data.splitlines()
    return tuple(Path(os.fsdecode(name)) for name in names if name)


def link_problems(file: Path, *, name: str) -> tuple[Problem, ...]:
    """Refuse a symbolic link that leads out of its folder: its target may not be intended."""
    try:
        leaves = file.is_symlink() and not file.resolve().is_relative_to(file.parent.resolve())
    except (OSError, RuntimeError):  # a loop of links; a missing file is reported elsewhere
        leaves = False
    if not leaves:
        return ()
    message = f"{file} is a link to {file.resolve()}, out of its folder; give that file itself"
    return (Problem(name, message),)


def _why_no_file(file: Path, *, suggest: bool) -> str:
    if file == Path():  # what an empty word becomes, such as an unset variable
        return "is empty, or the folder you are in; give a file"
    if file.exists():
        return f"{file} is not a regular file"
    if address := web_address(file):
        return f"{address} is a web address, not a file"
    return f"{file} does not exist" + (nearest_words(file) if suggest else "")


def web_address(file: Path) -> str | None:
    """Return the web address that was given in place of a path; None where it is a path."""
    found = _ADDRESS.match(str(file))
    return f"{found['scheme']}://{found['rest']}" if found else None


def nearest_words(path: Path) -> str:
    """Return `; nearest: NAME` where the folder of a path holds a similar name; else nothing."""
    try:
        names = [entry.name for entry in path.parent.iterdir()]
    except OSError:
        return ""
    close = nearest(path.name, names)
    return f"; nearest: {shown(close[0])}" if close else ""
