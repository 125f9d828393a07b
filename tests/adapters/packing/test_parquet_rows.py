"""Folders of files as rows of a Parquet file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc.adapters.packing.listing import SourceRoot, reader_of
from huggingnersc.adapters.packing.source_kind import inspect_source
from huggingnersc.domain.packing.options import PackOptions, SourceKind
from huggingnersc.domain.packing.pack import ShardForm
from huggingnersc.domain.packing.png import png_bytes
from huggingnersc.errors import PackingError, SourceUnsuitableError
from tests.adapters.packing.packed import pack_all
from tests.builders import write_tree
from tests.classic_sets import gray_pixels, write_cifar, write_mnist
from tests.data_files import DATA_EXTRA

if TYPE_CHECKING:
    from pathlib import Path

parquet = pytest.importorskip("pyarrow.parquet", reason=DATA_EXTRA)


def _rows(file: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = parquet.read_table(file).to_pylist()
    return rows


def _pgm(number: int) -> bytes:
    return b"P5 4 4 255\n" + gray_pixels(number)


def _columns(layout: Any) -> list[str]:
    return [column["name"] for column in layout.features]


def test_folders_of_frames_are_videos_with_the_camera_of_their_path(tmp_path: Path) -> None:
    lengths = {"v1/left": 12, "v1/right": 3, "v2/left": 1}
    frames = {
        f"{video}/frame_{number}_.pgm": _pgm(number)
        for video, count in lengths.items()
        for number in range(count)
    }
    write_tree(tmp_path / "in", frames)
    file, layout = pack_all(
        tmp_path / "in", tmp_path / "out", group_by="folder:2", path_columns="camera"
    )
    assert layout.features == [
        {"name": "video", "list": "image"},
        {"name": "n_frames", "dtype": "int32"},
        {"name": "camera", "dtype": "string"},
    ]
    rows = _rows(file)
    assert sorted((row["n_frames"], row["camera"]) for row in rows) == [
        (1, "left"),
        (3, "right"),
        (12, "left"),
    ]
    longest = max(rows, key=lambda row: row["n_frames"])["video"]
    assert [frame["bytes"] for frame in longest] == [_pgm(number) for number in range(12)]
    assert longest[10]["path"] == "v1/left/frame_10_.pgm"


def test_named_groups_of_the_expression_are_columns(tmp_path: Path) -> None:
    names = [
        f"{video}-{camera}-{number}.pgm" for video in "ab" for camera in "lr" for number in "12"
    ]
    write_tree(tmp_path / "in", dict.fromkeys(names, _pgm(1)))
    file, layout = pack_all(
        tmp_path / "in", tmp_path / "out", group_by=r"(?P<scene>\w)-(?P<camera>\w)"
    )
    assert _columns(layout) == ["video", "n_frames", "scene", "camera"]
    found = {(row["scene"], row["camera"], row["n_frames"]) for row in _rows(file)}
    assert found == {(scene, camera, 2) for scene in "ab" for camera in "lr"}


def test_images_in_folders_of_classes_have_labels(tmp_path: Path) -> None:
    png = png_bytes(gray_pixels(1), 4, 4)
    names = ("train/cat/1.png", "train/cat/2.PNG", "train/dog/1.jpg", "test/dog/3.png")
    write_tree(tmp_path / "in", dict.fromkeys(names, png))
    file, layout = pack_all(tmp_path / "in", tmp_path / "out")
    assert _columns(layout) == ["image", "label"]
    labels = {row["image"]["path"]: row["label"] for row in _rows(file)}
    assert labels == dict(zip(names, (0, 0, 1, 1), strict=True))


def test_classes_of_odd_bytes_have_names_of_their_own(tmp_path: Path) -> None:
    png = png_bytes(gray_pixels(1), 4, 4)
    names = ("cl\udcff/1.png", "cl\udcfe/2.png", "clé/3.png", "__pycache__/4.png", "a/__b/5.png")
    write_tree(tmp_path / "in", dict.fromkeys(names, png))
    file, layout = pack_all(tmp_path / "in", tmp_path / "out")
    assert layout.features[1]["dtype"]["class_label"]["names"] == {
        "0": r"cl\xfe",
        "1": r"cl\xff",
        "2": "clé",
    }
    assert sorted(row["label"] for row in _rows(file)) == [0, 1, 2]


def test_files_of_a_stem_are_columns_that_may_be_empty(tmp_path: Path) -> None:
    numpy = pytest.importorskip("numpy", reason=DATA_EXTRA)
    files: dict[str, str | bytes] = {
        "a.png": b"image",
        "a.txt": "Ümlaut",
        "a.json": "{}",
        "b.jpg": b"other",
        "b.dat": b"\0",
    }
    write_tree(tmp_path / "in", files)
    for number, name in enumerate("ab"):
        numpy.save(tmp_path / f"in/{name}.npy", numpy.full((number + 1, 3), number, "<f4"))
    file, layout = pack_all(tmp_path / "in", tmp_path / "out", group_by="stem")
    assert _columns(layout) == ["image", "dat", "json", "npy", "text"]
    assert layout.features[3] == {"name": "npy", "list": {"list": "float32", "length": 3}}
    a, b = sorted(_rows(file), key=lambda row: row["image"]["path"])
    assert (a["text"], a["json"], a["dat"], a["npy"]) == ("Ümlaut", "{}", None, [[0.0] * 3])
    assert (b["text"], b["dat"], b["npy"]) == (None, b"\0", [[1.0] * 3] * 2)


@pytest.mark.parametrize(
    ("files", "options", "columns", "names"),
    [
        (("a/1.txt", "a/2.txt"), {}, ["text", "path"], {"a/1.txt", "a/2.txt"}),
        (("a/1.txt", "b/1.txt"), {}, ["text", "path", "label"], {"a/1.txt", "b/1.txt"}),
        (("1.png", "1.txt"), {}, ["image", "text", "path"], {"1.png", "1.txt"}),
        (("1.bin", "1.txt"), {"group_by": "stem"}, ["bin", "text", "path"], {"1"}),
        (("1.png", "2.txt"), {"group_by": "stem"}, ["image", "text", "path"], {"1", "2"}),
        (("\udcff.bin",), {}, ["bin", "path"], {"\ufffd.bin"}),
    ],
)
def test_rows_without_an_image_have_the_names_of_their_samples(
    tmp_path: Path,
    files: tuple[str, ...],
    options: dict[str, str],
    columns: list[str],
    names: set[str],
) -> None:
    write_tree(tmp_path / "in", dict.fromkeys(files, "1"))
    file, layout = pack_all(tmp_path / "in", tmp_path / "out", **options)
    assert _columns(layout) == columns
    assert {row["path"] for row in _rows(file)} == names


@pytest.mark.parametrize(
    ("files", "options", "columns"),
    [
        (("1.png", "1.txt", "2.png"), {"group_by": "stem"}, ["image", "text"]),
        (("a/1.txt", "b/1.txt"), {"path_columns": "part"}, ["text", "part", "label"]),
        (("1-a.txt", "2-a.txt"), {"group_by": r"(?P<n>\d)-(?P<x>\w)"}, ["a", "n", "x"]),
    ],
)
def test_no_name_is_added_to_images_and_to_columns_that_were_asked_for(
    tmp_path: Path, files: tuple[str, ...], options: dict[str, str], columns: list[str]
) -> None:
    write_tree(tmp_path / "in", dict.fromkeys(files, "1"))
    _file, layout = pack_all(tmp_path / "in", tmp_path / "out", **options)
    assert _columns(layout) == columns


@pytest.mark.parametrize("column", ["path", "score"])
def test_a_path_that_metadata_gives_stays(tmp_path: Path, column: str) -> None:
    table = f"file_name,{column}\n1.txt,given\n"
    write_tree(tmp_path / "in", {"1.txt": "1", "metadata.csv": table})
    file, layout = pack_all(tmp_path / "in", tmp_path / "out")
    assert _columns(layout) == list(dict.fromkeys(["text", column, "path"]))
    (row,) = _rows(file)
    assert row[column] == "given"
    assert row["path"] == ("given" if column == "path" else "1.txt")


def test_files_of_a_folder_with_names_of_their_own_are_columns(tmp_path: Path) -> None:
    files = {
        f"case{case}/{name}": b"x"
        for case in (1, 2, 3)
        for name in ("scan.png", "mask.png", "a.bin")
    }
    write_tree(tmp_path / "in", files)
    _file, layout = pack_all(tmp_path / "in", tmp_path / "out", group_by="folder")
    assert _columns(layout) == ["mask", "scan", "a", "path"]


@pytest.mark.parametrize("is_mnist", [True, False])
def test_the_classic_sets_are_images_and_labels(tmp_path: Path, *, is_mnist: bool) -> None:
    root = tmp_path / "in"
    file, layout = pack_all(write_mnist(root) if is_mnist else write_cifar(root), tmp_path / "out")
    assert _columns(layout) == ["image", "label"]
    for row in _rows(file):
        number = int("".join(filter(str.isdigit, row["image"]["path"].split("-")[-1])))
        assert row["label"] == number % 3


def test_a_text_that_is_none_is_named(tmp_path: Path) -> None:
    write_tree(tmp_path / "in", {"a.txt": b"\xff\xfe"})
    with pytest.raises(PackingError):
        pack_all(tmp_path / "in", tmp_path / "out")
    assert not [*tmp_path.glob("out/data/*")]


def test_options_that_do_not_fit_to_records_are_refused(tmp_path: Path) -> None:
    write_mnist(tmp_path / "in")
    for options in ({"stratify_by": "color"}, {"keep_together": "x"}):
        with pytest.raises(PackingError):
            pack_all(tmp_path / "in", tmp_path / "out", split="train=1", **options)


def test_records_are_no_members_of_tar_files(tmp_path: Path) -> None:
    source = SourceRoot(path=write_mnist(tmp_path / "in"), scratch=tmp_path)
    options = PackOptions(form="webdataset")
    kind = inspect_source(source, options).kind
    assert kind is SourceKind.IDX
    with pytest.raises(PackingError):
        reader_of(kind)(source, options, ShardForm.WEBDATASET)
    assert inspect_source(source, PackOptions(group_by="file")).kind is SourceKind.FILES


def test_a_table_beside_images_is_noted(tmp_path: Path) -> None:
    write_tree(tmp_path / "in", {"1.png": "image", "labels.csv": "file_name,x\n1.png,2\n"})
    _file, layout = pack_all(tmp_path / "in", tmp_path / "out")
    assert len(layout.warnings) == 1


_TABLES = {
    "metadata.csv": 'file_name,caption,age\nimages/1.png,"a, b",3\nimages/2.png,c,\n',
    "metadata.jsonl": '{"file_name": "images/1.png", "caption": "a, b", "age": 3}\n'
    '{"file_name": "images/2.png", "caption": "c", "age": null}\n',
}


def _images(*names: str) -> dict[str, bytes]:
    return {name: png_bytes(gray_pixels(number), 4, 4) for number, name in enumerate(names)}


@pytest.mark.parametrize("table", _TABLES)
def test_rows_of_metadata_are_columns_of_the_images_that_they_name(
    tmp_path: Path, table: str
) -> None:
    images = _images("images/1.png", "images/2.png", "images/3.png")
    source = write_tree(tmp_path / "in", {**images, table: _TABLES[table]})
    file, layout = pack_all(source, tmp_path / "out")
    assert layout.features == [
        {"name": "image", "dtype": "image"},
        {"name": "caption", "dtype": "string"},
        {"name": "age", "dtype": "int64"},
    ]
    found = {row["image"]["path"]: (row["caption"], row["age"]) for row in _rows(file)}
    assert found == {
        "images/1.png": ("a, b", 3),
        "images/2.png": ("c", None),
        "images/3.png": (None, None),
    }
    assert len(layout.warnings) == 1  # of the image without a row


def test_each_split_may_have_its_own_metadata_and_stems_their_files(tmp_path: Path) -> None:
    import pyarrow

    images = _images("train/1.png", "train/2.png", "test/1.png")
    texts = {name.replace("png", "txt"): name for name in images}
    source = write_tree(tmp_path / "in", {**images, **texts})
    for split, numbers in (("train", [1, 2]), ("test", [1])):
        table = {"file_name": [f"{n}.png" for n in numbers], "score": [n / 2 for n in numbers]}
        parquet.write_table(pyarrow.table(table), source / split / "metadata.parquet")
    file, layout = pack_all(source, tmp_path / "out", group_by="stem")
    assert _columns(layout) == ["image", "text", "score"]
    found = {row["text"]: row["score"] for row in _rows(file)}
    assert found == {"train/1.png": 0.5, "train/2.png": 1.0, "test/1.png": 0.5}
    assert layout.warnings == ()


@pytest.mark.parametrize(
    ("tables", "where"),
    [
        ({"metadata.csv": "file_name,x\n1.png,1\ngone.png,2\n"}, "1 sample"),
        ({"metadata.csv": "file_name,x\n1.png,1\n1.png,2\n"}, "1 sample"),
        ({"metadata.csv": "file_name,x\n../1.png,1\n/etc/passwd,2\n,3\n"}, "3 rows"),
        ({"metadata.csv": "file_name,x\n1.png,1\n", "a/metadata.jsonl": "{}\n"}, "1 file"),
        ({"metadata.csv": "file_name,x\n1.png,1\n", "a/metadata.csv": "y\n1\n"}, "1 file"),
    ],
)
def test_metadata_that_does_not_fit_its_files_is_reported(
    tmp_path: Path, tables: dict[str, str], where: str
) -> None:
    source = write_tree(tmp_path / "in", {**_images("1.png", "2.png"), **tables})
    with pytest.raises(SourceUnsuitableError) as caught:
        pack_all(source, tmp_path / "out")
    assert [problem.where for problem in caught.value.problems] == [where]


def test_metadata_that_names_no_files_is_a_file_like_others(tmp_path: Path) -> None:
    tables = {"metadata.csv": "name,x\n1.png,1\n"}
    source = write_tree(tmp_path / "in", {**_images("1.png"), **tables})
    file, layout = pack_all(source, tmp_path / "out")
    assert _columns(layout) == ["image", "csv", "path"]
    assert {row["path"] for row in _rows(file)} == {"1.png", "metadata.csv"}
    assert len(layout.warnings) == 1
