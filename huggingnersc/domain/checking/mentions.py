"""The absolute paths that a script mentions."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

# Quoted, or a word of a shell line; not the key of a subscript, which in HDF5 looks like a path,
# and not the path of a web address.
_PATH = re.compile(
    r"(?<!\[)(?:[\"']|(?<=[\s=:(,]))(?P<path>/[\w.+@{}$*?%-]+(?:/[\w.+@{}$*?%,=-]*)+)"
)
_VARIABLE = re.compile(r"[{$*?%]")


def mentioned_paths(text: str) -> tuple[tuple[int, PurePosixPath], ...]:
    """Give each absolute path of two parts or more with its line; comments are left out.

    A path with a variable or pattern in it is cut before that part.
    """
    found: dict[PurePosixPath, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip().startswith("#"):
            continue
        for match in _PATH.finditer(line):
            path = _fixed_part(match["path"])
            if len(path.parts) > 2:  # the root counts as one
                found.setdefault(path, number)
    return tuple((number, path) for path, number in found.items())


def _fixed_part(path: str) -> PurePosixPath:
    kept: list[str] = []
    for part in path.split("/"):
        if _VARIABLE.search(part):
            break
        kept.append(part)
    return PurePosixPath("/".join(kept) or "/")
