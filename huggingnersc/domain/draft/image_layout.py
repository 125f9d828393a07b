"""How the images of a dataset are labeled: by their folders, by a table, or not at all."""

from __future__ import annotations

import re
from collections import Counter
from itertools import takewhile
from os.path import normpath
from typing import TYPE_CHECKING

from huggingnersc.domain.draft.layout import ImageKey
from huggingnersc.domain.draft.split import split_word

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import PurePosixPath

_MOST_CLASSES = 1000
# Folders that say what kind of file is in them, not what an image shows.
_GENERIC = frozenset({
    "annotation", "annotations", "data", "files", "gif", "image", "images", "img", "imgs", "jpeg",
    "jpg", "label", "labels", "mask", "masks", "photos", "pictures", "png", "segmentation", "tif",
    "tiff",
})  # fmt: skip
# The share of the names in a column that must be images before it is taken to name them.
_ENOUGH = 0.9
# A stem may be a number, so the column must be called like something that names an image.
_NAMING = re.compile("id|im(age|g)|file|name|path", re.IGNORECASE)


def class_folders(paths: Iterable[PurePosixPath]) -> tuple[str, ...]:
    """Return the names of the folders that sort images into classes; none where they do not.

    A class is the first folder in which the paths differ, beside those that mean a split. At least
    half of the images must be in a class, and there must be two classes.
    """
    return classes_of(Counter(map(label_folders, paths)))


def label_folders(path: PurePosixPath) -> tuple[str, ...]:
    """Return the folders on the way to a file that may say what it shows."""
    return tuple(part for part in path.parts[:-1] if split_word(part) is None)


def classes_of(folders: Mapping[tuple[str, ...], int]) -> tuple[str, ...]:
    """Return the names of the classes; `class_folders` says what they are.

    Args:
        folders: how many images there are below each, see `label_folders`.
    """
    shared = _shared({parts for parts in folders if parts})
    classes = Counter[str]()
    for parts, count in folders.items():
        if len(parts) > shared:
            classes[parts[shared]] += count
    is_sorted = 1 < len(classes) <= _MOST_CLASSES
    is_sorted = is_sorted and 2 * classes.total() >= sum(folders.values())
    is_known = not _GENERIC.intersection(map(str.lower, classes))
    return tuple(sorted(classes)) if is_sorted and is_known else ()


def image_keys(images: Iterable[PurePosixPath]) -> Mapping[ImageKey, frozenset[str]]:
    """Return what a table could call the images; a name that two of them have is left out."""
    paths = [*images]
    return {
        ImageKey.PATH: frozenset(map(str, paths)),
        ImageKey.NAME: _unique(path.name for path in paths),
        ImageKey.STEM: _unique(path.stem for path in paths),
    }


def key_of(key: ImageKey, table: PurePosixPath, cell: str) -> str:
    """Return what a cell says of an image, in the form of `image_keys`."""
    return normpath(table.parent / cell) if key is ImageKey.PATH else cell


def image_column(
    table: PurePosixPath,
    names: Sequence[str],
    rows: Sequence[Sequence[str]],
    keys: Mapping[ImageKey, frozenset[str]],
) -> tuple[str, ImageKey] | None:
    """Return the column of a table that names an image in each row, each image once.

    Args:
        table: its path below the dataset's folder.
        names: of its columns.
        rows: the first ones.
        keys: what the images could be called.
    """
    for position, name in enumerate(names):
        cells = [row[position] for row in rows if len(row) > position and row[position]]
        for key, known in keys.items():
            if key is ImageKey.STEM and not _NAMING.search(name):
                continue
            found = [cell for cell in cells if key_of(key, table, cell) in known]
            if found and len(found) >= _ENOUGH * len(rows) and len(set(cells)) == len(cells):
                return name, key
    return None


def _unique(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name for name, count in Counter(names).items() if count == 1)


def _shared(folders: Collection[tuple[str, ...]]) -> int:
    """Return how many folders all paths begin with."""
    return sum(1 for _ in takewhile(lambda level: len({*level}) == 1, zip(*folders, strict=False)))
