from __future__ import annotations

import os
from pathlib import Path
from stat import S_IMODE
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.errors import DatasetBusyError, DatasetError
from tests.adapters.catalogs import (
    NOBODY,
    OTHER_GROUP,
    acting_as,
    catalog_files,
    held_elsewhere,
    needs_root,
    umask,
    write_dataset,
)

if TYPE_CHECKING:
    pass


def test_a_second_process_is_kept_out(root: Path) -> None:
    with held_elsewhere(root, "iris"):
        busy = pytest.raises(DatasetBusyError, match='Another process is working on "iris"')
        with busy, CatalogFolder(root).lock("iris"):
            pass


def test_another_spelling_in_case_is_the_same_nickname(root: Path) -> None:
    with held_elsewhere(root, "Iris"):
        for spelling in ("iris", "IRIS", "Iris"):
            with pytest.raises(DatasetBusyError), CatalogFolder(root).lock(spelling):
                pass


def test_other_nicknames_are_free(root: Path) -> None:
    with held_elsewhere(root, "iris"), CatalogFolder(root).lock("iris2"):
        pass


def test_the_lock_ends_with_its_holder_however_that_ends(root: Path) -> None:
    with held_elsewhere(root, "iris") as holder:
        holder.kill()
        holder.wait()
        with CatalogFolder(root).lock("iris"):
            pass


def test_the_lock_ends_with_the_block_even_on_an_error(root: Path) -> None:
    catalog = CatalogFolder(root)
    with pytest.raises(KeyError), catalog.lock("iris"):
        raise KeyError
    with held_elsewhere(root, "iris"):
        pass
    with catalog.lock("iris"):
        pass


def test_the_same_process_cannot_hold_a_nickname_twice(root: Path) -> None:
    with CatalogFolder(root).lock("iris"):
        with pytest.raises(DatasetBusyError), CatalogFolder(root).lock("IRIS"):
            pass
        with held_elsewhere(root, "other"):
            pass


def test_locks_are_no_datasets(root: Path) -> None:
    with CatalogFolder(root).lock("iris"):
        assert CatalogFolder(root).nicknames() == ()


@needs_root
@pytest.mark.parametrize("mode", [0o2770, 0o770, 0o2775, 0o775])
@pytest.mark.parametrize("mask", [0o022, 0o027, 0o077])
def test_a_colleague_of_the_group_can_change_the_same_dataset(
    open_root: Path, mode: int, mask: int
) -> None:
    os.chown(open_root, 0, OTHER_GROUP)
    open_root.chmod(mode)
    catalog = CatalogFolder(open_root)
    for user in (4001, 4002):
        with umask(mask), acting_as(user, OTHER_GROUP):
            for nickname in ("iris", f"by-{user}"):
                with catalog.lock(nickname):
                    catalog.promote(nickname, catalog.stage(nickname, catalog_files(nickname)))
            assert catalog.record(f"by-{user}").nickname == f"by-{user}"


@needs_root
@pytest.mark.parametrize("mask", [0o022, 0o027, 0o077])
@pytest.mark.parametrize("mode", [0o2770, 0o2750, 0o750, 0o755, 0o700, 0o2775])
def test_who_may_read_the_catalog_may_read_what_is_written(
    root: Path, mask: int, mode: int
) -> None:
    os.chown(root, 0, OTHER_GROUP)
    root.chmod(mode)
    with umask(mask):
        folder = write_dataset(root)
    for path in (folder, *folder.iterdir()):
        expected = 0o700 | mode if path.is_dir() else 0o600 | mode & 0o664
        assert path.stat().st_gid == OTHER_GROUP
        assert S_IMODE(path.stat().st_mode) == expected


@needs_root
def test_someone_outside_the_group_can_still_write(open_root: Path) -> None:
    os.chown(open_root, 0, OTHER_GROUP)
    with acting_as(NOBODY, NOBODY), umask(0o077):
        folder = write_dataset(open_root)
    assert folder.stat().st_gid == NOBODY
    assert all(S_IMODE(path.stat().st_mode) & 0o444 == 0o444 for path in folder.iterdir())


@needs_root
def test_catalog_that_is_closed_to_its_own_owner_is_explained(open_root: Path) -> None:
    open_root.chmod(0o777)
    with CatalogFolder(open_root).lock("iris"):
        pass  # makes what is needed for locks
    open_root.chmod(0o555)
    with CatalogFolder(open_root).lock("other"):
        pass  # root may all the same
    (open_root / ".locks").chmod(0o555)
    closed = pytest.raises(DatasetError, match="cannot be written")
    with acting_as(NOBODY, NOBODY), closed, CatalogFolder(open_root).lock("third"):
        pass
