from __future__ import annotations

import os
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc.adapters.loading.source import find_source
from huggingnersc.domain.draft.file_type import FileType
from huggingnersc.domain.draft.layout import ExampleUnit
from huggingnersc.domain.draft.layout_json import read_layout
from tests.adapters.loading.works import loading_work, part_of
from tests.builders import write_tree
from tests.data_files import WRITERS, data_library, write_csv

if TYPE_CHECKING:
    from huggingnersc.domain.loading.loading import Source


@pytest.fixture(scope="module", autouse=True)
def describing() -> None:
    """Here the process that looks at the data is no fork, as it is for users."""


def source_of(data: Path, folder: Path) -> Source:
    part = part_of(find_source, loading_work(data, folder))
    assert part.source, part.problems
    return part.source


@pytest.mark.parametrize("file_type", FileType)
def test_source_is_what_a_draft_would_read(file_type: FileType, tmp_path: Path) -> None:
    source = source_of(WRITERS[file_type](tmp_path / "data"), tmp_path / "run")
    assert (source.file_type, source.examples) == (file_type, {"train": 173})
    assert read_layout(source.layout).unit is ExampleUnit.ROW
    assert source.manifest == (tmp_path / "run/manifest.tsv").read_text()


def test_splits_are_told_apart_by_patterns(tmp_path: Path) -> None:
    write_csv(tmp_path / "data/train", (5, 6))
    write_csv(tmp_path / "data/test", (3,))
    (tmp_path / "data/train/other.csv").write_text("a\n1\n")
    source = source_of(tmp_path / "data", tmp_path / "run")
    assert source.splits == {"train": "train/*", "test": "test/*"}
    assert source.examples == {"train": 11, "test": 3}
    assert source.left_out == ("train/other.csv",)
    assert [column["name"] for column in source.layout["columns"]] == ["id", "name", "value"]


def test_one_file_is_its_own_source(tmp_path: Path) -> None:
    write_tree(tmp_path, {"iris.csv": "a,b\n1,2\n"})
    source = source_of(tmp_path / "iris.csv", tmp_path / "run")
    assert (source.only, source.suffixes, source.examples) == (
        "iris.csv",
        (".csv",),
        {"train": 1},
    )


def test_links_that_are_called_like_data_are_counted_and_named(tmp_path: Path) -> None:
    data = write_tree(tmp_path / "data", {"x.csv": "a,b\n1,2\n"})
    for name in (*(f"link{number}.csv" for number in range(6)), "README.md"):
        (data / name).symlink_to("x.csv")
    part = part_of(find_source, loading_work(data, tmp_path / "run"))
    assert part.source
    assert (part.source.links, part.source.examples) == (6, {"train": 1})
    (problem,) = part.problems
    named = ", ".join(f"link{number}.csv" for number in range(5))
    assert problem.startswith(f"6 data files are symbolic links: {named} and 1 more. ")


def test_data_of_links_only_has_no_source_and_a_reason(tmp_path: Path) -> None:
    write_tree(tmp_path, {"x.csv": "a,b\n1,2\n", "data/README.md": "text"})
    (tmp_path / "data/a.csv").symlink_to("../x.csv")
    part = part_of(find_source, loading_work(tmp_path / "data", tmp_path / "run"))
    assert part.source is None
    assert part.problems[0].startswith("1 data file is a symbolic link: a.csv. ")


@pytest.mark.parametrize("file_type", [FileType.CSV, FileType.PARQUET])
def test_data_of_empty_files_only_has_no_source_and_a_reason(
    file_type: FileType, tmp_path: Path
) -> None:
    for file in WRITERS[file_type](tmp_path / "data").rglob("*.*"):
        file.write_bytes(b"")
    data = write_tree(tmp_path / "data", {"more.root": "1", ".hidden.csv": ""})
    part = part_of(find_source, loading_work(data, tmp_path / "run"))
    (problem,) = part.problems
    assert part.source is None
    assert " empty: " in problem
    assert ".hidden" not in problem


def test_empty_files_are_counted_and_named_where_datasets_cannot_leave_them_out(
    tmp_path: Path,
) -> None:
    data = write_tree(tmp_path / "data", {"a.csv": "x,y\n1,2\n", "b.csv": "", "c.txt": ""})
    few = loading_work(data, tmp_path / "few")
    many = loading_work(data, tmp_path / "many")
    line = few.manifest.read_bytes().splitlines(keepends=True)[0]
    with many.manifest.open("ab") as manifest:
        manifest.writelines(b"z/%04d_" % number + line for number in range(1_000))
    for work, problems in ((few, 0), (many, 1)):
        part = part_of(find_source, work)
        assert part.source
        assert (part.source.empty_files, len(part.problems)) == (1, problems)
    assert part.problems[0].startswith("1 data file is empty: b.csv. ")


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({}, ""),
        ({"version": 2}, "as files hold single values;"),
        ({"version": 2, "grid": range(9)}, "as arrays have several lengths and files hold single"),
    ],
)
def test_hdf5_that_datasets_cannot_read_is_said_with_the_reason(
    more: dict[str, Any], reason: str, tmp_path: Path
) -> None:
    h5py, np = map(data_library, ("h5py", "numpy"))
    (tmp_path / "data").mkdir()
    with h5py.File(tmp_path / "data/a.h5", "w") as file:
        file["images"], file["labels"] = np.zeros((20, 8, 8)), np.arange(20)
        for name, value in more.items():
            file[name] = value
    part = part_of(find_source, loading_work(tmp_path / "data", tmp_path / "run"))
    assert len(part.problems) == bool(reason)
    assert all(reason in problem for problem in part.problems)
    private = loading_work(tmp_path / "data", tmp_path / "private", is_listed=False)
    assert part_of(find_source, private).problems == ()  # no script, and no line of the card


def test_images_carry_what_labels_them(tmp_path: Path) -> None:
    source = source_of(WRITERS["images"](tmp_path / "data"), tmp_path / "run")
    images = read_layout(source.layout).images
    assert images
    assert images.tables
    assert (str(images.tables.paths[0]), images.tables.column) == ("labels.csv", "file_name")


@pytest.mark.parametrize(
    ("files", "problems"), [({"a.bin": "?"}, 0), ({}, 0), ({"a.h5": "damaged"}, 1)]
)
def test_data_without_a_loader_has_no_source(
    files: dict[str, str], problems: int, tmp_path: Path
) -> None:
    write_tree(tmp_path / "data", files)
    (tmp_path / "data").mkdir(exist_ok=True)
    part = part_of(find_source, loading_work(tmp_path / "data", tmp_path / "run"))
    assert (part.source, len(part.problems)) == (None, problems)


def test_a_long_manifest_is_not_repeated(tmp_path: Path) -> None:
    write_csv(tmp_path / "data")
    work = loading_work(tmp_path / "data", tmp_path / "run")
    lines = work.manifest.read_bytes().splitlines(keepends=True)
    work.manifest.write_bytes(b"".join(lines[:1] * 1_000))
    short, _ = part_of(find_source, work), work.manifest.write_bytes(b"".join(lines[:1] * 1_001))
    long = part_of(find_source, work)
    assert short.source
    assert long.source
    assert (short.source.manifest.count("\n"), long.source.manifest) == (1_000, "")


def test_the_same_data_gives_the_same_source(tmp_path: Path) -> None:
    data = WRITERS["hdf5"](tmp_path / "data")
    first, second = (source_of(data, tmp_path / run) for run in ("a", "b"))
    assert asdict(first) == asdict(second)


def test_without_room_to_work_nothing_is_said_of_the_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(tmp_path, {"data/iris.csv": "a,b\n1,2\n", "full": ""})
    work = loading_work(tmp_path / "data", tmp_path / "run")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "full"))
    with pytest.raises(NotADirectoryError):  # and the version is not made without its loader
        part_of(find_source, work)


def test_name_that_is_not_utf8_is_explained_where_loading_would_have_to_name_it(
    tmp_path: Path,
) -> None:
    write_csv(tmp_path / "data", (5,))
    other = os.fsencode(tmp_path / "data") + b"/caf\xe9.csv"
    Path(os.fsdecode(other)).write_text("a\n1\n")
    part = part_of(find_source, loading_work(tmp_path / "data", tmp_path / "run"))
    assert part.source is None
    assert [problem.split()[0] for problem in part.problems] == [r"caf\xe9.csv"]
