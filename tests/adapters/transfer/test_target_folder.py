"""The folder that files are moved to: looked at, filled and emptied by one thread."""

from __future__ import annotations

import os
import resource
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.files.open_folder import OpenFolder
from huggingnersc.adapters.transfer.state_file import KnownFile
from huggingnersc.adapters.transfer.target_folder import TargetFolder, part_name
from huggingnersc.adapters.transfer.wanted_file import WantedFile
from tests.builders import write_tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LARGE = WantedFile(b"large", 30, "2" * 64)
BELOW = WantedFile(b"below/file", 1, "1" * 64)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.fixture
def target(folder: Path) -> Iterator[TargetFolder]:
    with OpenFolder.at(folder) as root, TargetFolder(root) as target:
        yield target


@contextmanager
def _files_of_at_most(size_bytes: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def _open_files() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - no Path of each is needed


def _known(path: Path) -> KnownFile:
    status = path.stat()
    return KnownFile(os.fsencode(path.name), status.st_mtime_ns, status.st_size, b"1" * 64)


def test_looking_for_a_file_makes_no_folder(folder: Path, target: TargetFolder) -> None:
    assert target.status_of(BELOW) is None
    assert not target.has_folder_of(BELOW)
    assert not target.is_here(BELOW)
    target.forget(BELOW)
    assert target.delete([KnownFile(BELOW.path, 0, 1, b"")]) == {BELOW.path}
    assert list(folder.iterdir()) == []


def test_a_few_folders_are_kept_open_and_closed_at_the_end(folder: Path) -> None:
    counts = []
    with OpenFolder.at(folder) as root:
        before = _open_files()
        with TargetFolder(root) as target:
            for number in range(20):
                target.put(WantedFile(b"%d/file" % number, 1, "1" * 64), memoryview(b"x"))
                counts.append(_open_files() - before)
        assert _open_files() == before
    assert max(counts) == 8


def test_only_what_is_as_it_was_brought_is_deleted(folder: Path, target: TargetFolder) -> None:
    write_tree(folder, {"same": "1", "changed": "1", "absent": "1"})
    known = [_known(folder / name) for name in ("same", "changed", "absent")]
    (folder / "changed").write_text("of a user")
    (folder / "absent").unlink()
    assert target.delete(known) == {b"same", b"absent"}
    assert [path.name for path in folder.iterdir()] == ["changed"]


def test_a_part_is_opened_again_and_closed(folder: Path, target: TargetFolder) -> None:
    for expected in (True, False):
        with target.part(LARGE) as (descriptor, is_new):
            assert is_new is expected
            assert os.fstat(descriptor).st_size == LARGE.size_bytes
        with pytest.raises(OSError, match="descriptor"):
            os.fstat(descriptor)
    target.forget(LARGE)
    assert list(folder.iterdir()) == []


@pytest.mark.attack("hostile downloads")
def test_what_others_put_in_the_place_of_a_part_is_not_written_to(
    folder: Path, target: TargetFolder
) -> None:
    other, part = folder / "other", folder / part_name(LARGE)
    other.write_bytes(bytes(LARGE.size_bytes))
    part.hardlink_to(other)
    with target.part(LARGE) as (descriptor, is_new):
        assert is_new
        os.write(descriptor, b"content")
        part.unlink()
        part.symlink_to(other)
        with pytest.raises(OSError, match="exchanged"):
            target.finish(LARGE, descriptor)
    assert other.read_bytes() == bytes(LARGE.size_bytes)
    assert not (folder / "large").exists()


def test_a_file_that_has_no_room_leaves_nothing(folder: Path, target: TargetFolder) -> None:
    before = _open_files()
    with _files_of_at_most(20):
        with pytest.raises(OSError, match="large") as caught, target.part(LARGE):
            pass
        assert caught.value.filename == str(folder / part_name(LARGE))
        assert list(folder.iterdir()) == []
        with pytest.raises(OSError, match="large") as caught:
            target.put(LARGE, memoryview(bytes(LARGE.size_bytes)))
        assert caught.value.filename == str(folder / "large")
    assert list(folder.iterdir()) == []
    assert _open_files() == before
