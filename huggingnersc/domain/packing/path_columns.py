"""Columns that are read from the paths of samples."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.draft.image_layout import label_folders
from huggingnersc.domain.packing.features import class_label, value
from huggingnersc.domain.packing.grouping import GroupKind

if TYPE_CHECKING:
    from huggingnersc.domain.packing.features import Feature
    from huggingnersc.domain.packing.grouping import GroupBy

LABEL, PATH = "label", "path"
SKIPPED = "-"
_NAME = re.compile(r"[^\W\d]\w*")


def parse_path_columns(text: str) -> tuple[str, ...]:
    """Read names such as `video,camera`; `-` skips a folder.

    Raises:
        ValueError: a name is none, or is there twice.
    """
    names = tuple(name.strip() for name in text.split(",")) if text else ()
    for name in names:
        if name != SKIPPED and not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a column")
        if name != SKIPPED and names.count(name) > 1:
            raise ValueError(f"{name} is there twice")
    return names


@dataclass(frozen=True, slots=True)
class PathColumns:
    """Makes columns of the paths of samples.

    Attributes:
        is_folder: whether the samples are folders; else their folders are looked at.
        pattern: a regular expression whose named groups are columns; empty where there is none.
        folders: the columns that the last folders are; `-` for none.
        classes: the names of folders that sort samples into classes.
        has_path: whether the name of a sample is a column.
    """

    is_folder: bool
    pattern: str = ""
    folders: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    has_path: bool = False

    @property
    def features(self) -> dict[str, Feature]:
        """The types of the columns."""
        names = [*re.compile(self.pattern).groupindex, *self.folders]
        features = {name: value("string") for name in names if name != SKIPPED}
        if self.has_path:
            features[PATH] = value("string")
        if self.classes:
            features[LABEL] = class_label(self.classes)
        return features

    def of(self, key: bytes, path: bytes) -> dict[str, Any]:
        """Return the values for a sample.

        Args:
            key: of the sample.
            path: of its first file.
        """
        row: dict[str, Any] = {}
        if self.pattern:
            found = re.search(self.pattern, os.fsdecode(path))
            row = {name: _text(one) for name, one in found.groupdict().items()} if found else {}
        if self.folders:
            parts = sample_folders(key, path, is_folder=self.is_folder)
            last = [None] * len(self.folders) + [*map(_text, parts)]
            pairs = zip(self.folders, last[-len(self.folders) :], strict=True)
            row |= {name: one for name, one in pairs if name != SKIPPED}
        if self.has_path:
            row[PATH] = _text(os.fsdecode(key))
        if self.classes:
            folders = reversed(label_folders(label_path(path)))
            known = (self.classes.index(one) for one in folders if one in self.classes)
            row[LABEL] = next(known, None)
        return row


def path_columns(
    group_by: GroupBy, folders: tuple[str, ...], classes: tuple[str, ...], *, has_names: bool
) -> PathColumns:
    """Return the columns that paths make.

    The name of a sample is one where no columns were asked for by name, and nothing else in its
    row says which files it is made of.

    Args:
        group_by: which files are one sample.
        folders: the columns that the last folders are.
        classes: the names of folders that sort samples into classes.
        has_names: whether the row of each file or stem says so: by an image, which holds its
            path, or by a column that others named `path`.
    """
    is_one = group_by.kind in {GroupKind.FILE, GroupKind.STEM}
    names = {*group_by.named_groups, *folders} - {SKIPPED}
    return PathColumns(
        is_folder=group_by.kind is GroupKind.FOLDER,
        pattern=group_by.pattern,
        folders=folders,
        classes=() if LABEL in names or not is_one else classes,
        has_path=not (names or (is_one and has_names)),
    )


def label_path(path: bytes) -> PurePosixPath:
    """Return a path whose folders may be classes; bytes that are no UTF-8 are escaped."""
    return PurePosixPath(path.decode(errors="backslashreplace"))


def sample_folders(key: bytes, path: bytes, *, is_folder: bool) -> list[str]:
    """Return the folders that columns are made of.

    Args:
        key: of the sample.
        path: of its first file.
        is_folder: whether samples are folders.
    """
    return _parts(key) if is_folder else _parts(path)[:-1]


def _parts(path: bytes) -> list[str]:
    return os.fsdecode(path).split("/")


def _text(name: str | None) -> str | None:
    """Return a name as a table can hold it: what is no UTF-8 is replaced."""
    return None if name is None else os.fsencode(name).decode(errors="replace")
