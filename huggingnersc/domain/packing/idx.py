"""The IDX format of MNIST: its header, and which files belong together.

Source: http://yann.lecun.com/exdb/mnist, "the IDX file format".
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from huggingnersc.domain.packing.features import IMAGE, array_of, value
from huggingnersc.domain.packing.png import CHANNELS
from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from huggingnersc.domain.packing.features import Feature

HEADER_BYTES = 4 + 4 * 255  # of the longest one
_NAME = re.compile(
    r"(?P<base>.*?)[-_.]?(?P<role>images?|imgs?|labels?|data)?[-_.]?"
    r"idx(?P<dimensions>[1-9])(?P<type>-(u?byte|short|int|float|double))?(\.idx)?(\.gz)?",
    re.IGNORECASE,
)
_MOST_RECORD_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class IdxType:
    """The type of values.

    Attributes:
        dtype: as `datasets` names it.
        code: as the modules `struct` and `array` name it.
        size_bytes: of one value.
    """

    dtype: str
    code: str
    size_bytes: int


_TYPES = {
    0x08: IdxType("uint8", "B", 1),
    0x09: IdxType("int8", "b", 1),
    0x0B: IdxType("int16", "h", 2),
    0x0C: IdxType("int32", "i", 4),
    0x0D: IdxType("float32", "f", 4),
    0x0E: IdxType("float64", "d", 8),
}


@dataclass(frozen=True, slots=True)
class IdxHeader:
    """What the first bytes of an IDX file say.

    Attributes:
        type: of the values, which are big-endian.
        shape: how many records there are, then the shape of a record.
    """

    type: IdxType
    shape: tuple[int, ...]

    @property
    def records(self) -> int:
        """How many records there are."""
        return self.shape[0]

    @property
    def record_bytes(self) -> int:
        """The size of a record."""
        return math.prod(self.shape[1:]) * self.type.size_bytes

    @property
    def size_bytes(self) -> int:
        """The size of the header."""
        return 4 + 4 * len(self.shape)

    @property
    def file_bytes(self) -> int:
        """The size of the file, where it is gzipped that of its content."""
        return self.size_bytes + self.records * self.record_bytes

    @property
    def image(self) -> tuple[int, int, int] | None:
        """The width, height and channels of the images that the records are, if they are."""
        if self.type.dtype != "uint8" or len(self.shape) not in {3, 4}:
            return None
        height, width, *rest = self.shape[1:]
        channels = rest[0] if rest else 1
        return (width, height, channels) if channels in CHANNELS else None

    @property
    def feature(self) -> Feature:
        """The type of a column of the records."""
        if self.image:
            return IMAGE
        shape = self.shape[1:]
        return array_of(self.type.dtype, shape) if shape else value(self.type.dtype)


def parse_idx_header(start: bytes) -> IdxHeader:
    """Return what the first bytes of a file say.

    Raises:
        ValueError: it is no IDX file; the sentence says why.
    """
    if len(start) < 4 or start[:2] != b"\0\0" or start[2] not in _TYPES or not start[3]:
        raise ValueError("it does not begin as an IDX file does")
    end = 4 + 4 * start[3]
    if len(start) < end:
        raise ValueError("its header is cut")
    lengths = (int.from_bytes(start[at : at + 4], "big") for at in range(4, end, 4))
    header = IdxHeader(_TYPES[start[2]], tuple(lengths))
    if 0 in header.shape:
        raise ValueError("its header says that it holds nothing")
    if header.record_bytes > _MOST_RECORD_BYTES:
        raise ValueError("its header says that a record has more than 1 GiB")
    return header


@dataclass(frozen=True, slots=True)
class IdxName:
    """What the name of an IDX file says.

    Attributes:
        path: of the file.
        base: what files that belong together have in common, such as `train`.
        is_labels: whether it holds labels.
    """

    path: str
    base: str
    is_labels: bool


def idx_name(path: str) -> IdxName | None:
    """Return what a name says, such as `train-images-idx3-ubyte.gz`; None if it is no IDX name."""
    folder, slash, name = path.rpartition("/")
    found = _NAME.fullmatch(name)
    if not found or not (found["role"] or found["type"]):
        return None
    role = (found["role"] or "").lower()
    is_labels = role.startswith("label") or (not role and found["dimensions"] == "1")
    return IdxName(path, f"{folder}{slash}{found['base']}", is_labels)


@dataclass(frozen=True, slots=True)
class IdxPair:
    """Files whose records belong together.

    Attributes:
        base: what their names have in common.
        images: the path of the file with the images or other records.
        labels: the path of the file with their labels; None where there is none.
    """

    base: str
    images: str
    labels: str | None = None

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of its files."""
        return (self.images,) if self.labels is None else (self.images, self.labels)

    @property
    def split(self) -> str:
        """The split that the names say; empty where they say none."""
        words = re.split(r"[^a-z0-9]+", self.base.lower())
        known = {"train": "train", "t10k": "test", "test": "test", "val": "validation"}
        known |= {"training": "train", "testing": "test", "valid": "validation"}
        known["validation"] = "validation"
        return next((known[word] for word in reversed(words) if word in known), "")


def idx_pairs(paths: Iterable[str]) -> tuple[list[IdxPair], list[Problem]]:
    """Pair files of images with those of their labels.

    Returns:
        The pairs in the order of their names, and a problem for each file that has no place.
    """
    names = sorted(filter(None, map(idx_name, paths)), key=lambda one: one.path)
    pairs, problems = list[IdxPair](), list[Problem]()
    for base in dict.fromkeys(one.base for one in names):
        images = [one.path for one in names if one.base == base and not one.is_labels]
        labels = [one.path for one in names if one.base == base and one.is_labels]
        if len(images) > 1 or len(labels) > 1:
            more = (*images[1:], *labels[1:])
            problems += [
                Problem(path, "a file of the same part is there already") for path in more
            ]
        elif images:
            pairs.append(IdxPair(base, images[0], *labels))
        else:
            pairs.append(IdxPair(base, labels[0]))
    return pairs, problems
