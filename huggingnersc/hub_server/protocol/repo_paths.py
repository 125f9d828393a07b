"""Which paths a repository may hold."""

from __future__ import annotations

MAX_PATH_BYTES = 1024
MAX_PART_BYTES = 255


def path_problem(path: str) -> str | None:
    r"""Say why `path` cannot name a file in a repository; None when it can.

    A path is relative, normal (no empty, `.` or `..` part) and never touches a `.git` folder. A
    backslash is an ordinary character of a name on our side, so only a leading `..\` is refused:
    clients on Windows refuse the rest themselves.
    """
    parts = path.split("/")
    rules = (
        (not path, "is empty"),
        (not _is_text(path), "holds a control character or is not valid Unicode"),
        (len(path.encode(errors="replace")) > MAX_PATH_BYTES, f"is over {MAX_PATH_BYTES} bytes"),
        (any(not part for part in parts), "has an empty part"),
        (any(part in {".", ".."} for part in parts), "has a '.' or '..' part"),
        (any(part.lower() == ".git" for part in parts), "enters a .git folder"),
        (path.startswith("..\\"), "leads out of the repository"),
        (
            any(len(part.encode(errors="replace")) > MAX_PART_BYTES for part in parts),
            f"has a part over {MAX_PART_BYTES} bytes",
        ),
    )
    return next((reason for broken, reason in rules if broken), None)


def _is_text(path: str) -> bool:
    return all(ord(c) >= 32 and ord(c) != 127 and not 0xD800 <= ord(c) <= 0xDFFF for c in path)
