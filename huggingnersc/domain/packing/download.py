"""What of a dataset is downloaded, and from where."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_NAME_BYTES = 255
_SHARD = re.compile(
    r"data/(?P<split>\w+(?:\.\w+)*)-(?P<number>\d{5,})-of-(?P<count>\d{5,})"
    r"(?P<end>\.tar|\.tar\.gz|\.tar\.zst|\.parquet)",
    re.ASCII,
)
_PORTAL = re.compile(rb"^(?:\W{0,4}Portal: |PORTAL = [\"'])(https?://[^\s\"'<>]+)", re.MULTILINE)


class DownloadSource(StrEnum):
    """Where the files of a dataset come from."""

    HUB = "hub"  # its repository on the Hub, where the whole data is there as shards
    BUCKET = "bucket"  # the bucket that its shards were uploaded to
    PORTAL = "portal"  # its link, by the list of the files of a version
    PATH = "path"  # the folder of the data, on this machine


SHARDS_AT = frozenset({DownloadSource.HUB, DownloadSource.BUCKET})  # as `datasets` loads them


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadOptions:
    """What of a dataset is downloaded, and how.

    Attributes:
        source: from where; the first that has it when None.
        only: patterns of paths, as `fnmatch` reads them; a file has to match one. All without any.
        split: the name of a split; all when None.
        jobs: the most connections at a time; the usual number when None.
        bytes_per_s: the most bytes a second; None for no limit.
        replace: whether files in the way, which no download brought, are replaced.
        verify: whether files that are here are read again, and not only looked at.
        delete: whether files that an earlier download brought and that are no part of the data
            now are deleted; only where the whole data is asked for.
    """

    source: DownloadSource | None = None
    only: tuple[str, ...] = ()
    split: str | None = None
    jobs: int | None = None
    bytes_per_s: int | None = None
    replace: bool = False
    verify: bool = False
    delete: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether all files of the data are asked for."""
        return not self.only and self.split is None

    def takes(self, path: bytes) -> bool:
        """Return whether a path matches one of the patterns."""
        text = path.decode("utf-8", "surrogateescape")
        return not self.only or any(fnmatchcase(text, pattern) for pattern in self.only)


def path_problem(path: bytes) -> str | None:
    """Return why a path of a list of files cannot be one below a folder; None where it can."""
    names = path.split(b"/")
    if path.startswith(b"/"):
        return "is absolute"
    if any(name in {b"", b".", b".."} for name in names):
        return "leads elsewhere"
    if b"\0" in path:
        return "holds a zero byte"
    if max(map(len, names)) > _MOST_NAME_BYTES:
        return f"has a name of more than {_MOST_NAME_BYTES} bytes"
    return None


def shard_split(path: str) -> str | None:
    """Return the split of a shard of a whole dataset by its path; None of any other file."""
    found = _SHARD.fullmatch(path)
    return found["split"] if found else None


def whole_shards(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the shards of a repository that holds a whole dataset, sorted.

    Returns:
        Nothing where there are none, or where one is missing.
    """
    shards = {path: found for path in paths if (found := _SHARD.fullmatch(path))}
    series: dict[tuple[str, str, str], set[int]] = {}
    for found in shards.values():
        key = found["split"], found["count"], found["end"]
        series.setdefault(key, set()).add(int(found["number"]))
    is_whole = all(there == set(range(int(key[1]))) for key, there in series.items())
    return tuple(sorted(shards)) if is_whole else ()


def portal_link_in(script: bytes) -> str | None:
    """Return the link to the data that a published script names; None where it names none."""
    found = _PORTAL.search(script)
    return found[1].decode("utf-8", "replace") if found else None
