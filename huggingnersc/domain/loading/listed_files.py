"""The files of the data as their manifest lists them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import translate
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from huggingnersc.domain.loading.data_members import DataMembers
from huggingnersc.domain.text.escaped_names import unescaped

if TYPE_CHECKING:
    from huggingnersc.domain.loading.loading import Source

_LINE = re.compile(r"([^\t]+)\t([0-9a-f]{64})\t([0-9]{1,19})\t-?[0-9]{1,19}")


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A regular file of the data.

    Attributes:
        name: its path below the root of the data, as a manifest writes it.
        sha256: 64 hexadecimal digits.
        size_bytes: its size.
    """

    name: str
    sha256: str
    size_bytes: int

    @property
    def suffix(self) -> str:
        """What its name ends with, in lower case; of a compressed file with what is before."""
        path = PurePosixPath(self.name.lower())
        return "".join(path.suffixes[-2:]) if path.suffix == ".gz" else path.suffix

    @property
    def path(self) -> bytes:
        """Its path as the file system has it."""
        return unescaped(self.name.encode())


def listed_files(source: Source) -> tuple[ListedFile, ...]:
    """Return the regular files of a manifest in their order.

    Nothing where the source has none, because it is too long.
    """
    lines = map(_LINE.fullmatch, source.manifest.split("\n"))
    return tuple(ListedFile(line[1], line[2], int(line[3])) for line in lines if line)


def data_files(source: Source) -> dict[str, list[ListedFile]]:
    """Return those of the files that hold the data by split, `""` where there are no splits.

    Empty files hold none.
    """
    is_data = DataMembers(source).is_data
    members = [one for one in listed_files(source) if one.size_bytes and is_data(_plain(one))]
    if not source.splits:
        return {"": members}
    patterns = {split: re.compile(translate(one)) for split, one in source.splits.items()}
    return {
        split: [file for file in members if pattern.match(_plain(file))]
        for split, pattern in patterns.items()
    }


def _plain(file: ListedFile) -> str:
    return file.path.decode("utf-8", "surrogateescape")
