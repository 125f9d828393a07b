from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from huggingnersc.adapters.data_files.budget import Budget
from huggingnersc.adapters.data_files.listing import list_files
from huggingnersc.domain.draft.file_type import FileType
from huggingnersc.domain.draft.survey import DataFile
from huggingnersc.errors import DatasetError
from tests.builders import write_tree


def names(root: Path) -> list[str]:
    return [str(file.path) for file in list_files(root, Budget()).files]


def test_files_come_sorted_and_hidden_ones_not_at_all(tmp_path: Path) -> None:
    write_tree(tmp_path, {"b/2.csv": "", "b/1.csv": "", "a.csv": "", ".x.csv": "", ".h/c.csv": ""})
    assert names(tmp_path) == ["a.csv", "b/1.csv", "b/2.csv"]


def test_one_file_is_a_dataset_of_its_own(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.csv": "x\n"})
    listing = list_files(tmp_path / "a.csv", Budget())
    assert listing.files == (DataFile(PurePosixPath(), 2, FileType.CSV),)


def test_links_to_files_are_data_and_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    write_tree(tmp_path, {"real/a.csv": "x\n", "data/b.csv": "x\n"})
    data = tmp_path / "data"
    (data / "link.csv").symlink_to(tmp_path / "real/a.csv")
    (data / "loop").symlink_to(data)
    (data / "gone.csv").symlink_to(tmp_path / "nowhere")
    listing = list_files(data, Budget())
    assert [str(file.path) for file in listing.files] == ["b.csv", "link.csv"]
    assert listing.skipped == (PurePosixPath("loop"),)


def test_listing_that_runs_out_of_time_is_not_whole(tmp_path: Path) -> None:
    write_tree(tmp_path, {f"{n}.csv": "" for n in range(5)})
    listing = list_files(tmp_path, Budget(seconds=0))
    assert (len(listing.files), listing.is_whole) == (1, False)


def test_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"/gone\b") as caught:
        list_files(tmp_path / "gone", Budget())
    assert isinstance(caught.value.__cause__, FileNotFoundError)


def test_links_in_a_loop_are_refused_and_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").symlink_to("a.csv")
    with pytest.raises(DatasetError, match=r"/a\.csv\b"):
        list_files(tmp_path, Budget())
