"""Patterns by which `datasets` finds the files of a split, in place of those of `fnmatch`."""

from __future__ import annotations

import re
from glob import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_ESCAPED = re.compile(r"\[[*?[]\]")
_MAGIC = re.compile(r"[*?[]")


def data_globs(root: str, pattern: str, suffixes: Sequence[str]) -> tuple[str, ...] | None:
    """Return globs that find what a pattern of `fnmatch` matches, each file by one of them.

    There `*` stands for `/` too; in a glob of `datasets` only `**` does, as a folder's name.

    Args:
        root: the root of the data.
        pattern: of the paths below it.
        suffixes: of the files, where the pattern ends with `*`.

    Returns:
        None where no globs do so.
    """
    *folders, name = pattern.split("/")
    if any(_has_magic(folder) and folder != "*" for folder in folders):
        return None
    inner = "".join("*/**/" if folder == "*" else f"{folder}/" for folder in folders)
    start = f"{escape(root)}/{inner}"
    if not _has_magic(name):
        return (f"{start}{name}",)
    beginning = name.removesuffix("*")
    if beginning == name or _has_magic(beginning):
        return None
    ends = [escape(suffix) for suffix in suffixes]
    if not beginning:
        return tuple(f"{start}**/*{end}" for end in ends)
    below = (f"{start}{beginning}*/**/*{end}" for end in ends)
    return (*(f"{start}{beginning}*{end}" for end in ends), *below)


def _has_magic(text: str) -> bool:
    return bool(_MAGIC.search(_ESCAPED.sub("", text)))
