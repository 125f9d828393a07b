"""A file system without what the catalog relies on is detected before anything is written."""

from __future__ import annotations

import fcntl
import re
import shutil
from errno import ENOSYS
from pathlib import Path

import pytest

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.files.filesystem_probe import require_exclusion, require_whole_renames
from huggingnersc.errors import DatasetError


def test_ordinary_file_system_passes_and_nothing_is_left(tmp_path: Path) -> None:
    folder = tmp_path / "catalog"
    folder.mkdir()
    require_whole_renames(folder)
    assert list(folder.iterdir()) == []


def test_rename_that_copies_is_an_error_before_anything_is_public(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def copied(source: Path, target: Path) -> None:
        shutil.copyfile(source, target)
        source.unlink()

    folder = tmp_path / "catalog"
    folder.mkdir()
    monkeypatch.setattr(Path, "replace", copied)  # as object stores mounted as folders do
    with pytest.raises(DatasetError, match=re.escape(str(tmp_path))) as caught:
        CatalogFolder(folder).stage("iris", [])
    assert caught.value.hint
    assert list(folder.iterdir()) == []


def test_lock_that_excludes_others_passes(tmp_path: Path) -> None:
    lock = tmp_path / "iris.lock"
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        require_exclusion(lock)


def test_lock_that_is_granted_twice_is_an_error(tmp_path: Path) -> None:
    lock = tmp_path / "iris.lock"
    lock.touch()
    with pytest.raises(DatasetError, match=re.escape(str(tmp_path))) as caught:
        require_exclusion(lock)
    assert caught.value.hint


@pytest.mark.filterwarnings("ignore:flock not supported")
def test_file_system_without_locks_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(_file: int, _how: int) -> None:
        raise OSError(ENOSYS, "Function not implemented")

    monkeypatch.setattr(fcntl, "flock", absent)  # as Lustre mounted without -o flock
    with (
        pytest.raises(DatasetError, match="Function not implemented"),
        CatalogFolder(tmp_path).lock("iris"),
    ):
        pass
