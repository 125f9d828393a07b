"""The columns of a table with a row for each sample of files."""

from __future__ import annotations

import os
import re
from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from huggingnersc.domain.packing.features import IMAGE, array_of, list_of, value
from huggingnersc.domain.packing.grouping import GroupKind, extension_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from huggingnersc.domain.packing.features import Feature

VIDEO, FRAME_COUNT = "video", "n_frames"
_MOST_NAMES = 64  # of the files of a folder that make columns of their own
_SHARED = 0.5  # of the samples have a file of such a name
_DIGITS = re.compile(r"[0-9]+")
_ODD = re.compile(r"[^0-9A-Za-z]+")


class ColumnKind(StrEnum):
    """What is made of a file."""

    IMAGE = "image"
    TEXT = "text"
    ARRAY = "array"
    BINARY = "binary"


_EXTENSIONS = {
    # Those that Pillow reads, and so `datasets`.
    ColumnKind.IMAGE: "apng bmp gif ico j2k jp2 jpe jpeg jpg pbm pgm png pnm ppm tga tif tiff "
    "webp",
    ColumnKind.TEXT: "caption csv html json jsonl md text tsv txt xml yaml yml",
    ColumnKind.ARRAY: "npy",
}
_KINDS = {word: kind for kind, words in _EXTENSIONS.items() for word in words.split()}
_NAMES = {"txt": "text"}


@dataclass(frozen=True, slots=True)
class FileColumn:
    """A column that is made of files.

    Attributes:
        name: of the column.
        kind: a `ColumnKind`.
        keys: which files it is made of, see `ColumnKeys`.
        is_list: whether a row has several of them.
        dtype: of the numbers, for arrays.
        shape: of the arrays; None where a length varies.
    """

    name: str
    kind: str
    keys: tuple[str, ...]
    is_list: bool = False
    dtype: str = ""
    shape: tuple[int | None, ...] = ()

    @property
    def feature(self) -> Feature:
        """Its type, as `datasets` declares it."""
        types = {ColumnKind.IMAGE: IMAGE, ColumnKind.TEXT: value("string")}
        one = types.get(ColumnKind(self.kind), value("binary"))
        if self.kind == ColumnKind.ARRAY:
            one = array_of(self.dtype, self.shape)
        return list_of(one) if self.is_list else one


@dataclass(frozen=True, slots=True)
class ColumnKeys:
    """Decides which column a file belongs to.

    Attributes:
        group: how files are grouped, a `GroupKind`.
        by_name: whether the files of a folder are told apart by their names without digits, such
            as `frame_.png` and `mask_.png`; else by their extensions.
    """

    group: str
    by_name: bool = False

    def of(self, path: bytes) -> str:
        """Return the key of a file."""
        kind = GroupKind(self.group)
        if kind in {GroupKind.FILE, GroupKind.STEM}:
            return os.fsdecode(extension_of(kind, path))
        if not self.by_name:
            return os.fsdecode(extension_of(GroupKind.FILE, path))
        return _DIGITS.sub("", os.fsdecode(path).rpartition("/")[2])


class ColumnCount:
    """Counts by which keys the files of samples can be told apart.

    Args:
        keys: of the files.
    """

    def __init__(self, keys: ColumnKeys) -> None:
        self.keys = keys
        self._samples, self._most_images, self._with_images = 0, 0, 0
        self._found, self._most = Counter[str](), Counter[str]()

    def add(self, paths: Iterable[bytes]) -> None:
        """Note the files of a sample."""
        self._samples += 1
        if not self.is_usable:
            return
        counts = Counter(map(self.keys.of, paths))
        self._found.update(counts.keys())
        for key, count in counts.items():
            self._most[key] = max(self._most[key], count)
        images = sum(count for key, count in counts.items() if kind_of(key) is ColumnKind.IMAGE)
        self._most_images = max(self._most_images, images)
        self._with_images += images > 0

    @property
    def is_usable(self) -> bool:
        """Whether there are few keys; for names only where most samples share them."""
        if not self.keys.by_name:
            return True
        few = len(self._found) <= _MOST_NAMES
        return few and all(count >= _SHARED * self._samples for count in self._found.values())

    @property
    def is_of_images(self) -> bool:
        """Whether each sample has an image."""
        return self._with_images == self._samples

    def columns(self, taken: Collection[str]) -> list[FileColumn]:
        """Return the columns; images of different types are one, unless a sample has several.

        Args:
            taken: names that other columns have.
        """
        images = [key for key in sorted(self._most) if kind_of(key) is ColumnKind.IMAGE]
        others = sorted(self._most.keys() - {*images})
        columns = (
            *self._image_columns(images),
            *(self._column(key, is_list=self._most[key] > 1) for key in others),
        )
        return [*_named_apart(columns, taken)]

    def _image_columns(self, images: Sequence[str]) -> Iterator[FileColumn]:
        several = [key for key in images if self._most[key] > 1]
        in_folders = self.keys.group in {GroupKind.FOLDER, GroupKind.REGEX}
        if images and self._most_images == 1:
            yield FileColumn("image", ColumnKind.IMAGE, tuple(images))
        elif in_folders and several and (len(images) == 1 or not self.keys.by_name):
            yield FileColumn(VIDEO, ColumnKind.IMAGE, tuple(images), is_list=True)
        else:
            yield from (self._column(key, self._most[key] > 1) for key in images)

    def _column(self, key: str, is_list: bool) -> FileColumn:
        stem, _, extension = key.rpartition(".")
        name = _ODD.sub("_", stem).strip("_") or _NAMES.get(extension, extension) or "file"
        return FileColumn(name, kind_of(key).value, (key,), is_list)


def kind_of(key: str) -> ColumnKind:
    """Return what is made of files with a key, of which the last extension counts."""
    return _KINDS.get(key.rpartition(".")[2].lower(), ColumnKind.BINARY)


def _named_apart(columns: Iterable[FileColumn], taken: Collection[str]) -> Iterator[FileColumn]:
    names = {*taken}
    for column in columns:
        name = column.name
        while name in names:
            name += "_"
        names.add(name)
        yield replace(column, name=name)
