"""Files that are complete or absent."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from huggingnersc.hub_server.storage.durable import sync_folders, write_private
from tests.disk_log import log_disk


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".token")]


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_private_file_is_for_its_owner_only_and_written_once(tmp_path: Path) -> None:
    path = tmp_path / "token"
    for data in (b"first", b"second"):
        assert write_private(path, data) == b"first"
    assert path.read_bytes() == b"first"
    assert path.stat().st_mode & 0o777 == 0o600
    assert not leftovers(tmp_path)


def test_a_private_file_that_exists_is_only_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_bytes(b"there")
    log = log_disk(tmp_path, monkeypatch)
    assert write_private(tmp_path / "token", b"new") == b"there"
    assert not log.folder_synced(tmp_path / "token")


def test_of_two_processes_that_race_both_get_what_the_first_wrote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, link = tmp_path / "token", os.link

    def overtaken(source: Any, target: Any) -> None:
        path.write_bytes(b"theirs")
        link(source, target)

    monkeypatch.setattr(os, "link", overtaken)
    assert write_private(path, b"ours") == b"theirs"
    assert not leftovers(tmp_path)


def test_a_private_file_has_its_name_after_its_bytes_are_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes, sync = [], os.fsync

    def fsync(descriptor: int) -> None:
        sizes.append(os.fstat(descriptor).st_size)
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    log = log_disk(tmp_path, monkeypatch)
    write_private(tmp_path / "token", b"x" * 1234)
    assert sizes[0] == 1234
    assert log.moved_unsynced() == {}
    assert log.folder_synced(tmp_path / "token") > log.moves[0].moment


def test_each_folder_is_synced_and_left_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
    log, before = log_disk(tmp_path, monkeypatch), open_files()
    sync_folders([*folders, folders[0]])
    assert all(log.folder_synced(folder / "x") for folder in folders)
    assert open_files() == before


def test_a_file_is_no_folder_to_sync(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        sync_folders([tmp_path / "file"])
