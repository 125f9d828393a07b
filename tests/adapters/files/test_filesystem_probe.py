"""A file system without what the catalog relies on is detected before anything is written."""

from __future__ import annotations

import fcntl
import os
import re
from errno import ENOSYS
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.catalog_folder import CatalogFolder
from huggingnersc.adapters.files.filesystem_probe import require_exclusion, require_whole_renames
from huggingnersc.adapters.files.open_folder import OpenFolder
from huggingnersc.errors import DatasetError

if TYPE_CHECKING:
    from pathlib import Path


def test_ordinary_file_system_passes_and_nothing_is_left(tmp_path: Path) -> None:
    folder = tmp_path / "catalog"
    folder.mkdir()
    with OpenFolder.at(folder) as opened:
        require_whole_renames(opened)
    assert list(folder.iterdir()) == []


def test_rename_that_copies_is_an_error_before_anything_is_public(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def copied(source: str, target: str, *, src_dir_fd: int, dst_dir_fd: int) -> None:
        with os.fdopen(os.open(source, os.O_RDONLY, dir_fd=src_dir_fd), "rb") as old:
            content = old.read()
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        with os.fdopen(os.open(target, flags, dir_fd=dst_dir_fd), "wb") as new:
            new.write(content)
        os.unlink(source, dir_fd=src_dir_fd)

    folder = tmp_path / "catalog"
    folder.mkdir()
    monkeypatch.setattr(os, "replace", copied)  # as object stores mounted as folders do
    with pytest.raises(DatasetError, match=re.escape(str(tmp_path))) as caught:
        CatalogFolder(folder).stage("iris", [])
    assert caught.value.hint
    assert list(folder.iterdir()) == []


def test_lock_that_excludes_others_passes(tmp_path: Path) -> None:
    lock = tmp_path / "iris.lock"
    with lock.open("w") as held, lock.open("r+") as second:
        fcntl.flock(held, fcntl.LOCK_EX)
        require_exclusion(second.fileno(), tmp_path)


def test_lock_that_is_granted_twice_is_an_error(tmp_path: Path) -> None:
    caught = pytest.raises(DatasetError, match=re.escape(str(tmp_path)))
    with (tmp_path / "iris.lock").open("w") as second, caught as error:
        require_exclusion(second.fileno(), tmp_path)
    assert error.value.hint


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
