"""What the catalog folder does on disk between taking a nickname and giving a folder its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.removed_datasets import RemovedDatasets
from huggingnersc.errors import DatasetError, DatasetExistsError
from tests.adapters.catalogs import (
    NOBODY,
    acting_as,
    catalog_files,
    needs_root,
    tree_of,
    write_dataset,
)
from tests.builders import write_tree

if TYPE_CHECKING:
    from pathlib import Path


def test_the_catalog_folder_is_made_with_its_parents_and_stays(tmp_path: Path) -> None:
    root = tmp_path / "deep" / "catalog"
    CatalogFolder(root).make()
    write_dataset(root)
    before = tree_of(root)
    CatalogFolder(root).make()
    assert tree_of(root) == before


def test_a_catalog_folder_below_a_file_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatasetError, match="cannot be made"):
        CatalogFolder(tmp_path / "file" / "catalog").make()


def test_taking_a_nickname_removes_what_a_killed_run_staged(root: Path) -> None:
    catalog = CatalogFolder(root)
    for name in ("iris", "rose"):
        catalog.stage(name, catalog_files(name))
    with catalog.lock("iris"):
        assert {path.name for path in root.iterdir()} == {".locks", ".rose.staged"}


@pytest.mark.parametrize("is_there", [True, False])
def test_a_file_that_is_no_longer_wanted_goes_with_the_change(root: Path, is_there: bool) -> None:
    folder = write_dataset(root)
    write_tree(folder, {"notes.txt": "mine"} | ({"old.ipynb": "{}"} if is_there else {}))
    catalog = CatalogFolder(root)
    catalog.promote("iris", catalog.stage("iris", catalog_files()), stale=["old.ipynb"])
    assert {path.name for path in folder.iterdir()} == {
        "notes.txt",
        *(file.path for file in catalog_files()),
    }


def test_a_staged_folder_goes_where_it_is_wanted(root: Path) -> None:
    catalog = CatalogFolder(root)
    into = root / "kept" / "iris-1"
    into.parent.mkdir()
    assert catalog.promote("iris", catalog.stage("iris", catalog_files()), into=into) == into
    assert {path.name for path in into.iterdir()} == {file.path for file in catalog_files()}
    assert not catalog.holds("iris")


def test_a_file_in_the_place_of_the_folder_stops_the_change(root: Path) -> None:
    catalog = CatalogFolder(root)
    staged = catalog.stage("iris", catalog_files())
    write_tree(root, {"iris": "mine"})
    with pytest.raises(DatasetError):
        catalog.promote("iris", staged)
    assert (root / "iris").read_text(encoding="utf-8") == "mine"


@needs_root
@pytest.mark.parametrize(("mode", "may_write"), [(0o755, False), (0o757, True)])
def test_a_folder_of_someone_else_is_refused_before_anything_is_written(
    open_root: Path, mode: int, may_write: bool
) -> None:
    catalog, folder = CatalogFolder(open_root), write_dataset(open_root)
    folder.chmod(mode)
    with acting_as(NOBODY, NOBODY):
        catalog.require_writable(open_root / "none")
        if may_write:
            catalog.require_writable(folder)
        else:
            with pytest.raises(DatasetError, match=str(folder)):
                catalog.require_writable(folder)


def test_removed_datasets_are_listed_by_nickname_the_newest_first(root: Path) -> None:
    removed = RemovedDatasets(root)
    stones = []
    for nickname in ("rose", "iris", "rose"):
        write_dataset(root, nickname)
        stones.append(removed.remove(nickname))
    assert removed.all() == (stones[1], stones[2], stones[0])
    assert removed.all("rose") == (stones[2], stones[0])


def test_a_removed_dataset_does_not_take_the_place_of_another(root: Path) -> None:
    write_dataset(root)
    stone = RemovedDatasets(root).remove("iris")
    write_tree(root, {"iris/notes.txt": "mine"})
    with pytest.raises(DatasetExistsError):
        RemovedDatasets(root).restore(stone)
    assert [path.name for path in (root / "iris").iterdir()] == ["notes.txt"]
    assert RemovedDatasets(root).all() == (stone,)


@needs_root
def test_removed_datasets_that_may_not_be_read_are_reported_and_not_taken_for_none(
    open_root: Path,
) -> None:
    write_dataset(open_root)
    removed = RemovedDatasets(open_root)
    assert removed.all() == ()
    stone = removed.remove("iris")
    assert removed.all("iris") == (stone,)
    stone.path.parent.chmod(0)
    with acting_as(NOBODY, NOBODY), pytest.raises(DatasetError):
        removed.all()
