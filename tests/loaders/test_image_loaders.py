"""Images in folders of classes, beside tables that label them, and without labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc import init_dataset
from huggingnersc.errors import DatasetError
from tests.builders import write_tree
from tests.data_files import DATA_EXTRA
from tests.ghostscript import trap_ghostscript
from tests.loaders.loading import names_of, run
from tests.realistic_data import write_micrographs

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.api.draft.init_dataset import Initialized


@pytest.fixture(autouse=True)
def library() -> None:
    pytest.importorskip("PIL", reason=DATA_EXTRA)


def write(folder: Path, *names: str, mode: str = "RGB") -> Path:
    """Write images of 4 x 3 pixels."""
    from PIL import Image

    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new(mode, (4, 3)).save(folder / name)
    return folder


def draft(data: Path, folder: Path, **more: Any) -> tuple[Initialized, list[dict[str, Any]]]:
    """Return what a draft shows, and every example that its loader reads."""
    result = init_dataset(data, nickname="traced", output=folder / "out", site="local", **more)
    loader = folder / "out/traced_loader.py"
    assert run(loader, cwd=folder)
    load, splits = names_of(loader)["load"], result.splits
    parts = [load(data, split) for split in splits] if splits else [load(data)]
    return result, [one for part in parts for one in part]


def shown(examples: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [tuple(value for key, value in one.items() if key != "image") for one in examples]


@pytest.mark.attack("hostile data")
def test_no_program_is_run_for_an_image_of_another_format(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from PIL import Image, UnidentifiedImageError

    data = write(tmp_path / "d", "1.png", "2.png")
    draft(data, tmp_path)
    mark = trap_ghostscript(tmp_path, monkeypatch)
    Image.new("RGB", (4, 3)).save(data / "2.png", "EPS")
    with pytest.raises(UnidentifiedImageError):
        [*names_of(tmp_path / "out/traced_loader.py")["load"](data)]
    assert not mark.exists()


def test_folders_are_classes(tmp_path: Path) -> None:
    data = write(tmp_path / "d", "cat/1.png", "cat/far/2.jpg", "dog/1.png", "3.png")
    result, examples = draft(data, tmp_path)
    assert result.labels == "by folder: cat, dog"
    assert shown(examples) == [
        ("3.png", None), ("cat/1.png", "cat"), ("cat/far/2.jpg", "cat"), ("dog/1.png", "dog")
    ]  # fmt: skip
    assert examples[0]["image"].shape == (3, 4, 3)
    assert (result.examples, result.file_type, result.files) == (4, "images", 4)
    assert "tags" not in result.metadata["datacard_tags"]  # the schema has none for images


def test_folders_within_splits_are_classes(tmp_path: Path) -> None:
    names = [f"images/{split}/{kind}/{n}.png" for split in ("train", "test")
             for kind in ("cat", "dog") for n in range(2)]  # fmt: skip
    result, examples = draft(write(tmp_path / "d", *names), tmp_path)
    assert result.splits == {"train": 4, "test": 4}
    assert result.labels == "by folder: cat, dog"
    assert [one["label"] for one in examples] == ["cat", "cat", "dog", "dog"] * 2


def test_folders_of_images_and_masks_are_no_classes(tmp_path: Path) -> None:
    result, examples = draft(write(tmp_path / "d", "images/1.png", "masks/1.png"), tmp_path)
    assert result.labels == "none found"
    assert shown(examples) == [("images/1.png",), ("masks/1.png",)]


def test_table_beside_images_labels_them_with_numbers_as_numbers(tmp_path: Path) -> None:
    result, examples = draft(write_micrographs(tmp_path / "d"), tmp_path)
    assert result.labels == "by labels.csv, where file_name is the image's path"
    assert shown(examples)[:2] == [
        ("images/000.png", "crystal", 500),
        ("images/001.png", "dendrite", 1000),
    ]
    assert (result.examples, len(examples)) == (24, 24)
    assert not any("labels.csv" in str(warning) for warning in result.warnings)


@pytest.mark.parametrize(
    ("table", "rows", "key"),
    [
        ("d/labels/all.csv", "image,y\n../a/1.png,5\n../b/2.png,NA\n", "path"),
        ("d/meta.tsv", "x\tname\ty\nu\t1.png\t5\nv\t2.png\tNA\n", "name"),
        ("d/train.csv", "id,y\n1,5\n2,NA\n", "stem"),
    ],
)
def test_table_names_images_by_path_name_or_stem(
    table: str, rows: str, key: str, tmp_path: Path
) -> None:
    data = write(tmp_path / "d", "a/1.png", "b/2.png", "b/3.png", mode="L")
    write_tree(tmp_path, {table: rows})
    result, examples = draft(data, tmp_path)
    assert result.labels is not None
    assert result.labels.endswith(f"the image's {key}")
    assert [one.get("y") for one in examples] == [
        5,
        pytest.approx(float("nan"), nan_ok=True),
        None,
    ]
    name = table.removeprefix("d/")
    assert f"1 image is in no row of {name}, so without a label." in result.warnings


def test_tables_of_the_splits_are_read_together(tmp_path: Path) -> None:
    data = write(tmp_path / "d", "train/1.png", "train/2.png", "test/1.png")
    table = "file_name,text\n1.png,{0} one\n"
    write_tree(data, {f"{split}/metadata.csv": table.format(split) for split in ("train", "test")})
    result, examples = draft(data, tmp_path)
    assert result.splits == {"train": 2, "test": 1}
    assert [one.get("text") for one in examples] == ["train one", None, "test one"]


def test_pictures_beside_a_table_are_not_the_data(tmp_path: Path) -> None:
    data = write(tmp_path / "d", *(f"plots/{n}.png" for n in range(9)))
    write_tree(data, {"a.csv": "x,y\n1,2\n"})
    result, _ = draft(data, tmp_path)
    assert (result.file_type, result.labels) == ("csv", None)
    assert "Not read by the loader: *.png." in result.warnings


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "I;16", "F"])
def test_pixels_of_every_mode_are_numbers(mode: str, tmp_path: Path) -> None:
    name = "1.tif" if mode == "F" else "1.png"
    _, (example,) = draft(write(tmp_path / "d", name, mode=mode), tmp_path)
    assert example["image"].shape[:2] == (3, 4)
    assert example["image"].dtype.kind in "buif"


def test_images_without_labels_have_none(tmp_path: Path) -> None:
    result, examples = draft(write(tmp_path / "d", "2.png", "1.png"), tmp_path)
    assert result.labels == "none found"
    assert shown(examples) == [("1.png",), ("2.png",)]


def test_file_that_is_no_image_is_named(tmp_path: Path) -> None:
    write_tree(tmp_path / "d", {"a.png": "this is none"})
    with pytest.raises(DatasetError, match=r"/a\.png cannot be read as an image"):
        draft(tmp_path / "d", tmp_path)
