"""Which paths a repository may hold."""

from __future__ import annotations

import re

MAX_PATH_BYTES = 1024
MAX_PART_BYTES = 255
MAX_PARTS = 128

# Characters that HFS+ ignores in names, so that `.g\u200cit` opens `.git` on a Mac (git's utf8.c).
_IGNORED = dict.fromkeys(
    [*range(0x200C, 0x2010), *range(0x202A, 0x202F), *range(0x206A, 0x2070), 0xFEFF]
)
# NTFS drops spaces and dots at the end, `:` begins a stream, and `git~1` is a short name.
_GIT_FOLDER = re.compile(r"(\.git|git~1)[ .]*(:.*)?", re.ASCII | re.IGNORECASE | re.DOTALL)
_GITMODULES = re.compile(
    r"(\.gitmodules|gitmod~[1-4]|gi7?e?b?a?~[1-9][0-9]*)[ .]*(:.*)?",
    re.ASCII | re.IGNORECASE | re.DOTALL,
)


def path_problem(path: str) -> str | None:
    r"""Say why `path` cannot name a file in a repository; None when it can.

    A path is relative, normal (no empty, `.` or `..` part) and never touches a `.git` folder, as
    any file system spells it. A backslash, a colon and names such as `AUX` are ordinary on our
    side, so only a leading `..\` is refused: git and huggingface_hub on Windows refuse the rest.
    """
    parts = path.split("/")
    rules = (
        (not path, "is empty"),
        (len(path.encode(errors="replace")) > MAX_PATH_BYTES, f"is over {MAX_PATH_BYTES} bytes"),
        (len(parts) > MAX_PARTS, f"has more than {MAX_PARTS} parts"),
        (path.startswith("..\\"), "leads out of the repository"),
    )
    found = next((reason for broken, reason in rules if broken), None)
    return found or next((reason for part in parts if (reason := part_problem(part))), None)


def part_problem(part: str) -> str | None:
    """Say why `part` cannot name a file or folder within its folder; None when it can."""
    if not part:
        return "has an empty part"
    if part in {".", ".."}:
        return "has a '.' or '..' part"
    if not _is_text(part):
        return "holds a control character or is not valid Unicode"
    if len(part.encode()) > MAX_PART_BYTES:
        return f"has a part over {MAX_PART_BYTES} bytes"
    return "enters a .git folder" if _spells(part, _GIT_FOLDER) else None


def names_gitmodules(part: str) -> bool:
    """Return whether some file system takes `part` for `.gitmodules`."""
    return _spells(part, _GITMODULES)


def _spells(part: str, name: re.Pattern[str]) -> bool:
    text = part if part.isascii() else part.translate(_IGNORED)
    return any(name.fullmatch(piece) for piece in text.split("\\"))


def _is_text(part: str) -> bool:
    return part.isprintable() or all(
        ord(c) >= 32 and ord(c) != 127 and not 0xD800 <= ord(c) <= 0xDFFF for c in part
    )
