"""What says what images show, decided by names alone."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.domain.draft.image_layout import (
    class_folders,
    image_column,
    image_keys,
)
from huggingnersc.domain.draft.layout import ImageKey, ImageLayout
from tests.odd_texts import ODD, some


def paths(*names: str) -> list[PurePosixPath]:
    return [PurePosixPath(name) for name in names]


@pytest.mark.parametrize(
    ("names", "classes"),
    [
        (["cat/1.png", "dog/1.png"], ("cat", "dog")),
        (["train/cat/1.png", "test/dog/1.png"], ("cat", "dog")),
        (["a/b/cat/1.png", "a/b/dog/2/1.png"], ("cat", "dog")),
        (["cat/1.png", "dog/1.png", "1.png"], ("cat", "dog")),
        (["d/cat/1.png", "d/dog/1.png", "d/1.png"], ("cat", "dog")),
        (["cat/1.png", "dog/1.png", "1.png", "2.png", "3.png"], ()),
        (["cat/1.png", "cat/2.png"], ()),
        (["images/1.png", "masks/1.png"], ()),
        (["train/1.png", "test/1.png"], ()),
        (["1.png"], ()),
        ([], ()),
        ([f"patient{n}/1.png" for n in range(1001)], ()),
    ],
)
def test_first_folders_that_differ_are_classes(names: list[str], classes: tuple[str, ...]) -> None:
    assert class_folders(paths(*names)) == classes


def column(rows: list[list[str]], names: list[str]) -> tuple[str, ImageKey] | None:
    keys = image_keys(paths("a/1.png", "a/2.png", "b/1.png"))
    return image_column(PurePosixPath("a/labels.csv"), names, rows, keys)


@pytest.mark.parametrize(
    ("rows", "names", "found"),
    [
        ([["x", "1.png"], ["y", "2.png"]], ["y", "f"], ("f", ImageKey.PATH)),
        ([["../b/1.png"]], ["f"], ("f", ImageKey.PATH)),
        ([["2"]], ["image_id"], ("image_id", ImageKey.STEM)),
        ([["2"]], ["count"], None),
        ([["1"]], ["id"], None),  # two images have this name
        ([["2.png"], ["2.png"]], ["f"], None),
        ([["2.png"], ["9.png"]], ["f"], None),
        ([[]], ["f"], None),
        ([], ["f"], None),
    ],
)
def test_column_names_images_where_each_row_names_one_of_its_own(
    rows: list[list[str]], names: list[str], found: tuple[str, ImageKey] | None
) -> None:
    assert column(rows, names) == found


@some
@given(st.lists(ODD, max_size=3), ODD)
def test_no_text_in_a_table_or_path_is_an_error(cells: list[str], name: str) -> None:
    keys = image_keys(paths(f"{name}/x", *cells))
    image_column(PurePosixPath(f"{name}/t"), [name, *cells], [cells, [name]], keys)
    assert isinstance(class_folders(paths(*cells, name)), tuple)


@pytest.mark.parametrize(
    ("mode", "color"), [("1", "L"), ("LA", "L"), ("P", "RGB"), ("CMYK", "RGB"), ("I;16", "I;16")]
)
def test_color_of_a_batch_keeps_gray_and_wide_integers(mode: str, color: str) -> None:
    assert ImageLayout(1, 1, mode).color == color
