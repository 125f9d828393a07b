"""Images: their size and color, and what says what they show."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import TYPE_CHECKING

from huggingnersc.adapters.data_files.label_tables import find_label_tables
from huggingnersc.adapters.data_files.libraries import data_library
from huggingnersc.domain.draft.file_type import FileType
from huggingnersc.domain.draft.image_layout import class_folders
from huggingnersc.domain.draft.layout import FileLayout, ImageLayout
from huggingnersc.errors import DatasetError

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.domain.draft.survey import Listing

# What else may be beside images that are the data; a table or an array is more likely the data.
_BESIDE = {FileType.IMAGES, FileType.TEXT}


def find_images(root: Path, listing: Listing) -> tuple[Listing, ImageLayout]:
    """Decide whether images are the data or pictures of it, and find what labels them.

    They are the data where a table names them, where folders sort them into classes, or where
    there is no other data beside texts.

    Returns:
        The listing without label tables, and with images of no type where they are not the data;
        the labels, without size and color.
    """
    images = listing.of(FileType.IMAGES)
    if not images:
        return listing, ImageLayout()
    tables = find_label_tables(root, listing, [image.path for image in images])
    if tables:
        rest = tuple(file for file in listing.files if file.path not in tables.paths)
        return replace(listing, files=rest), ImageLayout(tables=tables)
    classes = class_folders(image.path for image in images)
    if classes or _BESIDE.issuperset(listing.file_types):
        return listing, ImageLayout(classes=classes)
    pictures = frozenset(images)
    files = tuple(
        replace(file, file_type=None) if file in pictures else file for file in listing.files
    )
    return replace(listing, files=files), ImageLayout()


def labeled(layout: FileLayout, labels: ImageLayout) -> FileLayout:
    """Return the layout of an image with what labels the images; of other files as it is."""
    if layout.images is None:
        return layout
    images = replace(layout.images, classes=labels.classes, tables=labels.tables)
    columns = labels.tables.columns if labels.tables else ()
    return replace(layout, images=images, columns=columns)


def read_image_layout(file: Path) -> FileLayout:
    """Return the size and color of an image.

    Raises:
        InstallationError: Pillow is not installed.
        DatasetError: the file is no image that Pillow can read.
    """
    image_module = data_library("PIL.Image", "image")
    broken = (OSError, ValueError, SyntaxError, image_module.DecompressionBombError)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about very large images, which are not decoded here
            with image_module.open(file) as image:
                return FileLayout(images=ImageLayout(image.width, image.height, image.mode))
    except broken as error:
        if isinstance(error, PermissionError | FileNotFoundError):
            raise
        raise DatasetError(
            f"{file} cannot be read as an image: {error}.", hint="Fix or remove the file."
        ) from error
