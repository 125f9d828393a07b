"""Links and modes planted in a catalog folder: nothing outside it is changed, opened or shown."""

from __future__ import annotations

import os
from contextlib import suppress
from stat import S_IMODE
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.removed_datasets import RemovedDatasets
from huggingnersc.errors import DatasetError
from tests.adapters.catalogs import (
    OTHER_GROUP,
    acting_as,
    catalog_files,
    needs_root,
    plan_of,
    tree_of,
    umask,
    write_dataset,
)
from tests.builders import write_tree

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.attack("catalog links")
STEWARD, COLLEAGUE = 4001, 4002


@pytest.fixture
def private(tmp_path: Path) -> Path:
    """A folder that only its owner can read, and a catalog that a group shares."""
    folder = write_tree(tmp_path / "private", {"diary.txt": "secret"})
    folder.chmod(0o700)
    return folder


@pytest.fixture
def shared(root: Path) -> Path:
    root.chmod(0o2775)
    return root


def assert_untouched(folder: Path) -> None:
    assert S_IMODE(folder.stat().st_mode) == 0o700
    assert tree_of(folder) == {"diary.txt": b"secret"}


def test_a_link_in_the_place_of_the_locks_changes_nothing_behind_it(
    shared: Path, private: Path
) -> None:
    (shared / ".locks").symlink_to(private)
    with pytest.raises(DatasetError) as caught, CatalogFolder(shared).lock("iris"):
        pass
    assert str(shared / ".locks") in str(caught.value)
    assert_untouched(private)


def test_a_link_in_the_place_of_the_removed_ones_changes_nothing_behind_it(
    shared: Path, private: Path
) -> None:
    write_dataset(shared)
    (shared / ".removed").symlink_to(private)
    with pytest.raises(DatasetError) as caught:
        RemovedDatasets(shared).remove("iris")
    assert str(shared / ".removed") in str(caught.value)
    assert_untouched(private)
    assert CatalogFolder(shared).nicknames() == ("iris",)
    with pytest.raises(DatasetError):
        CatalogFolder(shared).removed()


def test_a_link_in_the_place_of_the_staged_folder_is_replaced_by_a_folder(
    shared: Path, private: Path
) -> None:
    (shared / ".iris.staged").symlink_to(private)
    write_dataset(shared)
    assert_untouched(private)
    assert not (shared / "iris").is_symlink()


def test_a_link_put_where_a_folder_is_being_made_is_not_followed(
    shared: Path, private: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Play the race: each folder is exchanged for a link right after it was made."""
    make = os.mkdir

    def exchanged(path: str, mode: int = 0o777, *, dir_fd: int | None = None) -> None:
        make(path, mode, dir_fd=dir_fd)
        os.rmdir(path, dir_fd=dir_fd)
        os.symlink(private, path, dir_fd=dir_fd)

    monkeypatch.setattr(os, "mkdir", exchanged)
    catalog = CatalogFolder(shared)
    with pytest.raises(DatasetError):
        catalog.stage("iris", catalog_files())
    with pytest.raises(DatasetError), catalog.lock("iris"):
        pass
    assert_untouched(private)


def test_a_folder_of_the_caller_put_where_one_is_being_made_keeps_its_mode(
    shared: Path, private: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = os.mkdir

    def exchanged(path: str, mode: int = 0o777, *, dir_fd: int | None = None) -> None:
        make(path, mode, dir_fd=dir_fd)
        os.rmdir(path, dir_fd=dir_fd)
        private.rename(shared / path)

    monkeypatch.setattr(os, "mkdir", exchanged)
    with pytest.raises(DatasetError):
        CatalogFolder(shared).stage("iris", catalog_files())
    assert S_IMODE((shared / ".iris.staged").stat().st_mode) == 0o700


@pytest.mark.parametrize("name", [".locks", ".removed"])
def test_a_folder_that_was_there_keeps_its_mode(shared: Path, name: str) -> None:
    write_dataset(shared)
    write_tree(shared / name, {"diary.txt": "secret"})
    (shared / name).chmod(0o700)
    with CatalogFolder(shared).lock("iris"):
        RemovedDatasets(shared).remove("iris")
    assert S_IMODE((shared / name).stat().st_mode) == 0o700


def test_a_staged_folder_that_was_exchanged_is_not_promoted(shared: Path, private: Path) -> None:
    catalog = CatalogFolder(shared)
    staged = catalog.stage("iris", catalog_files())
    (shared / ".iris.staged").rename(shared / "aside")
    private.rename(shared / ".iris.staged")
    with pytest.raises(DatasetError):
        catalog.promote("iris", staged)
    assert S_IMODE((shared / ".iris.staged").stat().st_mode) == 0o700
    assert not (shared / "iris").exists()


def test_a_dataset_folder_that_is_a_link_is_reported_and_neither_read_nor_filled(
    shared: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    write_dataset(elsewhere)
    (shared / "iris").symlink_to(elsewhere / "iris")
    before, catalog = tree_of(elsewhere), CatalogFolder(shared)
    for read in (catalog.record, catalog.content):
        with pytest.raises(DatasetError) as caught:
            read("iris")
        assert str(shared / "iris") in str(caught.value)
    changed = plan_of(official_name="Other").catalog_files
    with pytest.raises(DatasetError):
        catalog.promote("iris", catalog.stage("iris", changed))
    assert catalog.nicknames() == ("iris",)  # to be reported, not to vanish
    assert tree_of(elsewhere) == before


def test_a_removed_dataset_that_is_a_link_is_not_read(shared: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    write_dataset(elsewhere)
    (shared / ".removed").mkdir()
    (shared / ".removed/iris.20260101T000000Z").symlink_to(elsewhere / "iris")
    (removed,) = CatalogFolder(shared).removed()
    assert removed.record is None
    with pytest.raises(DatasetError):
        RemovedDatasets(shared).content(removed)


def test_a_removed_dataset_never_comes_back_under_a_hidden_name(shared: Path) -> None:
    write_tree(shared / ".removed", {".locks.20260101T000000Z/.locks_info.json": "{}"})
    assert CatalogFolder(shared).removed() == ()


def test_a_catalog_folder_that_is_a_link_works_as_before(root: Path) -> None:
    (root.parent / "link").symlink_to(root)
    catalog = CatalogFolder(root.parent / "link")
    with catalog.lock("iris"):
        write_dataset(catalog.root)
    assert catalog.nicknames() == ("iris",)
    RemovedDatasets(catalog.root).remove("iris")
    (removed,) = catalog.removed()
    assert RemovedDatasets(catalog.root).restore(removed) == catalog.root / "iris"
    assert tree_of(root).keys() >= {"iris/iris_info.json", "iris/README.md"}


def test_a_catalog_link_that_is_turned_meanwhile_leads_to_the_same_catalog(
    root: Path, private: Path
) -> None:
    link = root.parent / "link"
    link.symlink_to(root)
    catalog = CatalogFolder(link)
    staged = catalog.stage("iris", catalog_files())
    link.unlink()
    link.symlink_to(private)
    catalog.promote("iris", staged)
    assert_untouched(private)
    assert (root / "iris/iris_info.json").is_file()


@pytest.mark.parametrize("mask", [0, 0o002, 0o022, 0o077])
def test_what_is_staged_is_closed_to_others_at_every_moment_and_umask(
    shared: Path, mask: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: set[int] = set()

    def watched(name: str) -> None:
        call = getattr(os, name)

        def looking(*args: object, **options: object) -> object:
            if (shared / ".iris.staged").exists():
                seen.add((shared / ".iris.staged").stat().st_mode & 0o007)
            return call(*args, **options)

        monkeypatch.setattr(os, name, looking)

    for name in ("open", "fsync", "listdir", "fchmod", "chmod"):
        watched(name)
    with umask(mask):
        catalog = CatalogFolder(shared)
        staged = catalog.stage("iris", catalog_files())
        assert seen == {0}
        monkeypatch.undo()
        folder = catalog.promote("iris", staged)
    assert S_IMODE(folder.stat().st_mode) == 0o2775
    assert {S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o664}


def test_a_closed_catalog_holds_nothing_that_others_could_read(root: Path) -> None:
    root.chmod(0o700)
    with umask(0):
        with CatalogFolder(root).lock("iris"):
            write_dataset(root)
        RemovedDatasets(root).remove("iris")
    modes = {path: path.stat().st_mode & 0o077 for path in root.rglob("*")}
    assert set(modes.values()) == {0}


def test_a_catalog_folder_that_is_made_is_not_writable_for_others(tmp_path: Path) -> None:
    with umask(0):
        CatalogFolder(tmp_path / "new").make()
    assert S_IMODE((tmp_path / "new").stat().st_mode) == 0o775


@needs_root
@pytest.mark.parametrize("name", [".locks", ".removed", ".iris.staged", "iris"])
def test_a_colleague_cannot_make_a_steward_open_a_private_folder(
    open_root: Path, name: str
) -> None:
    os.chown(open_root, 0, OTHER_GROUP)
    open_root.chmod(0o2775)
    private = write_tree(open_root.parent / "private", {"diary.txt": "secret"})
    private.chmod(0o700)
    for path in (private, private / "diary.txt"):
        os.chown(path, STEWARD, STEWARD)
    with acting_as(COLLEAGUE, OTHER_GROUP):
        (open_root / name).symlink_to(private)
    catalog = CatalogFolder(open_root)
    with acting_as(STEWARD, OTHER_GROUP):
        with suppress(DatasetError), catalog.lock("iris"):
            catalog.promote("iris", catalog.stage("iris", catalog_files()))
        with suppress(DatasetError):
            RemovedDatasets(open_root).remove("iris")
    assert_untouched(private)
    assert private.stat().st_gid == STEWARD
