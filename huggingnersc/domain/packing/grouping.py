"""Which files are one sample: by `--group-by file|stem|folder:N|REGEX`."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from huggingnersc.domain.packing.pack import ShardForm

if TYPE_CHECKING:
    from collections.abc import Callable

_DIGITS = re.compile(rb"[0-9]+")
_FOLDER = re.compile(r"folder(?::([0-9]{1,3}))?")
_OUTER = frozenset({b"gz", b"bz2", b"xz", b"zst", b"lz4"})  # the extension before belongs to it


class GroupKind(StrEnum):
    """How files are grouped."""

    FILE = "file"
    STEM = "stem"  # the name up to its last dot
    FOLDER = "folder"
    REGEX = "regex"


@dataclass(frozen=True, slots=True)
class GroupBy:
    """What files of one sample have in common.

    Attributes:
        kind: how they are grouped.
        depth: for folders, how many there are on the way from the root to those that are samples;
            0 for the folder that a file is in.
        pattern: the regular expression, for `REGEX`.
    """

    kind: GroupKind
    depth: int = 0
    pattern: str = ""

    @property
    def named_groups(self) -> tuple[str, ...]:
        """The names of the groups of the regular expression, which are columns of Parquet."""
        return tuple(re.compile(self.pattern).groupindex)

    def __str__(self) -> str:
        if self.kind is GroupKind.FOLDER and self.depth:
            return f"folder:{self.depth}"
        return self.pattern if self.kind is GroupKind.REGEX else self.kind.value


def parse_group_by(text: str) -> GroupBy:
    """Read `file`, `stem`, `folder`, `folder:N` or a regular expression.

    Raises:
        ValueError: it is empty, has no number for N, or is no regular expression.
    """
    if text in {GroupKind.FILE, GroupKind.STEM}:
        return GroupBy(GroupKind(text))
    if found := _FOLDER.fullmatch(text):
        depth = int(found[1] or 0)
        if found[1] and not depth:
            raise ValueError("the folders of folder:N are counted from 1")
        return GroupBy(GroupKind.FOLDER, depth)
    if not text:
        raise ValueError("it is empty")
    if text.startswith("folder:"):
        raise ValueError(f"folder:N takes a number of folders, not {text[7:]!r}")
    compiled(text)
    return GroupBy(GroupKind.REGEX, pattern=text)


def compiled(pattern: str) -> re.Pattern[str]:
    """Compile a regular expression.

    Raises:
        ValueError: it is none; the sentence says where.
    """
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from error


def matched(pattern: re.Pattern[str], path: bytes) -> bytes | None:
    """Return what a regular expression finds in a path: its groups, or all where it has none.

    Several groups are joined with slashes; None where nothing is found.
    """
    found = pattern.search(os.fsdecode(path))
    if found is None:
        return None
    groups = [group for group in found.groups() if group is not None]
    return os.fsencode("/".join(groups) if groups else found[0])


def key_function(group_by: GroupBy, form: ShardForm) -> Callable[[bytes], bytes | None]:
    """Return the function that makes the key of a sample of the path of one of its files.

    It returns None for a file that is in no sample. For WebDataset the last part of a key has no
    dots, as readers take everything from the first one for the extension.

    Args:
        group_by: what files of one sample have in common.
        form: of the shards.
    """
    is_parquet = form is ShardForm.PARQUET
    if is_parquet and group_by.kind is GroupKind.FILE:
        return _own_key
    key = dotted_key_function(group_by)
    return key if is_parquet else _without_dots(key)


def dotted_key_function(group_by: GroupBy) -> Callable[[bytes], bytes | None]:
    """Return the function that makes the key of a sample with the dots that are in it."""
    match group_by.kind:
        case GroupKind.FILE | GroupKind.STEM:
            return _stem
        case GroupKind.FOLDER:
            return _folder_key(group_by.depth)
        case GroupKind.REGEX:
            pattern = compiled(group_by.pattern)
            return lambda path: _safe(matched(pattern, path))


def extension_of(kind: GroupKind, path: bytes) -> bytes:
    """Return how the name of a file goes on behind its key, without the dot, in small letters.

    Empty where it has no extension.
    """
    name = path[path.rfind(b"/") + 1 :]
    if kind is GroupKind.FOLDER:
        return name.lower()
    if kind is GroupKind.REGEX:
        return name.partition(b".")[2].lower()
    stem, _, last = name.rpartition(b".")
    if last in _OUTER and b"." in stem:
        last = stem[stem.rfind(b".") + 1 :] + b"." + last
    return last.lower() if stem else b""


def small_letters(path: bytes) -> bytes:
    """Return a key that sorts paths whatever the case of their letters: often the path itself."""
    small = path.lower()
    return path if small == path else small  # there may be millions


def natural_order(path: bytes) -> bytes:
    """Return a key that sorts paths with their numbers by value: `f2` before `f10`.

    Two paths have the same key only if they differ in leading zeros.
    """
    return _DIGITS.sub(_number_key, path)


def _number_key(found: re.Match[bytes]) -> bytes:
    digits = found[0].lstrip(b"0")
    return b"0%b%b" % (len(digits).to_bytes(2), digits)


def _own_key(path: bytes) -> bytes:
    return path


def _stem(path: bytes) -> bytes:
    begin = path.rfind(b"/") + 1
    if path.count(b".", begin) < 2:
        at = path.rfind(b".", begin)
        return path if at < begin else path[:at]
    return path[: len(path) - len(extension_of(GroupKind.FILE, path)) - 1]


def _folder_key(depth: int) -> Callable[[bytes], bytes | None]:
    def key(path: bytes) -> bytes | None:
        parts = path.split(b"/")
        if len(parts) - 1 < max(depth, 1):
            return None
        return b"/".join(parts[:depth] if depth else parts[:-1])

    return key


def _safe(found: bytes | None) -> bytes | None:
    """Return a match as a path that stays below where a tar file is extracted."""
    parts = (found or b"").split(b"/")
    return b"/".join(part for part in parts if part not in {b"", b".", b".."}) or None


def _without_dots(key_of: Callable[[bytes], bytes | None]) -> Callable[[bytes], bytes | None]:
    def key(path: bytes) -> bytes | None:
        found = key_of(path)
        if not found or b"." not in found:
            return found
        begin = found.rfind(b"/") + 1
        return found[:begin] + found[begin:].replace(b".", b"_")

    return key
