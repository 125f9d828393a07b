"""Lock files in the hands of people who may write, or only read, the catalog folder."""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import contextmanager, suppress
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
    held_elsewhere,
    needs_root,
    umask,
)
from tests.builders import write_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.attack("catalog locks")


def lock_file(root: Path) -> Path:
    return root / ".locks/iris.lock"


def test_a_lock_file_that_was_renamed_while_it_was_awaited_is_not_taken_for_the_lock(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Play the race: the file is renamed after it was opened and before it is locked."""
    lock, raced = fcntl.flock, list[Path]()

    def renamed(descriptor: int, how: int) -> None:
        if not raced:
            raced.append(lock_file(root).rename(root / "aside"))
        lock(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", renamed)
    with (
        CatalogFolder(root).lock("iris"),
        lock_file(root).open("r+") as other,
        pytest.raises(BlockingIOError),
    ):
        lock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    assert raced


def test_a_holder_whose_lock_file_was_renamed_stops_before_anything_is_changed(
    root: Path,
) -> None:
    catalog = CatalogFolder(root)
    with catalog.lock("iris"):
        catalog.require_lock("iris")
        lock_file(root).rename(root / "aside")
        with held_elsewhere(root, "iris"), pytest.raises(DatasetBusyError):
            catalog.require_lock("iris")


def test_a_lock_file_that_is_replaced_again_and_again_ends_in_an_error(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = fcntl.flock

    def renamed(descriptor: int, how: int) -> None:
        lock(descriptor, how)
        if lock_file(root).exists():
            lock_file(root).unlink()

    monkeypatch.setattr(fcntl, "flock", renamed)
    with pytest.raises(DatasetError), CatalogFolder(root).lock("iris"):
        pass


@needs_root
@pytest.mark.parametrize(
    ("mode", "expected"), [(0o2775, 0o660), (0o755, 0o600), (0o2770, 0o660), (0o777, 0o666)]
)
@pytest.mark.parametrize("mask", [0, 0o022, 0o077])
def test_only_those_who_may_write_the_catalog_can_open_a_lock_file(
    root: Path, mode: int, expected: int, mask: int
) -> None:
    os.chown(root, 0, OTHER_GROUP)
    root.chmod(mode)
    with umask(mask), CatalogFolder(root).lock("iris"):
        status = lock_file(root).stat()
    assert (S_IMODE(status.st_mode), status.st_gid) == (expected, OTHER_GROUP)


@needs_root
def test_a_reader_cannot_hold_a_lock(open_root: Path) -> None:
    open_root.chmod(0o755)
    with CatalogFolder(open_root).lock("iris"):
        pass
    with acting_as(NOBODY, NOBODY), pytest.raises(PermissionError):
        lock_file(open_root).open()


@needs_root
def test_a_lock_file_of_an_older_version_is_closed_to_readers(open_root: Path) -> None:
    open_root.chmod(0o755)
    write_tree(open_root, {".locks/iris.lock": ""})
    for _ in range(2):
        with CatalogFolder(open_root).lock("iris"):
            assert S_IMODE(lock_file(open_root).stat().st_mode) == 0o600
    with acting_as(NOBODY, NOBODY), pytest.raises(PermissionError):
        lock_file(open_root).open()


def test_who_waits_sees_who_holds_the_lock(root: Path) -> None:
    busy = pytest.raises(DatasetBusyError)
    with held_elsewhere(root, "iris") as holder, busy as caught, CatalogFolder(root).lock("iris"):
        pass
    said = str(caught.value)
    assert f"process {holder.pid} " in said
    assert os.uname().nodename in said
    with CatalogFolder(root).lock("iris"):
        assert json.loads(lock_file(root).read_bytes())["pid"] == os.getpid()
    assert lock_file(root).read_bytes() == b""


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"{" * 4000,
        b'{"pid": "1", "user": 3, "host": [], "since": {}}\n',
        b'{"pid": 1, "user": "\\u001b]0;x\\u0007", "host": "a\\u202eb", "since": "\\n"}\n',
        b'{"pid": 1e999, "user": "a", "host": "b", "since": "2026"}\n',
        b'{"pid": %s}\n' % (b"9" * 4000),
    ],
)
def test_what_is_written_in_a_held_lock_file_is_shown_only_where_it_is_plain(
    root: Path, content: bytes
) -> None:
    write_tree(root, {".locks/iris.lock": content})
    with lock_file(root).open("r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(DatasetBusyError) as caught, CatalogFolder(root).lock("iris"):
            pass
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 200


def test_someone_s_file_in_the_place_of_a_lock_is_not_overwritten(
    root: Path, tmp_path: Path
) -> None:
    diary = tmp_path / "diary.txt"
    diary.write_text("secret")
    (root / ".locks").mkdir()
    for plant in (lock_file(root).hardlink_to, lock_file(root).symlink_to):
        plant(diary)
        with pytest.raises(DatasetError) as caught, CatalogFolder(root).lock("iris"):
            pass
        assert str(lock_file(root)) in str(caught.value)
        lock_file(root).unlink()
    diary.rename(lock_file(root))
    with pytest.raises(DatasetError), CatalogFolder(root).lock("iris"):
        pass
    assert lock_file(root).read_text() == "secret"


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_something_else_in_the_place_of_a_lock_is_an_error(root: Path, kind: str) -> None:
    (root / ".locks").mkdir()
    lock_file(root).mkdir() if kind == "folder" else os.mkfifo(lock_file(root))
    with pytest.raises(DatasetError) as caught, CatalogFolder(root).lock("iris"):
        pass
    assert str(lock_file(root)) in str(caught.value)


@needs_root
def test_a_lock_file_that_a_killed_run_left_closed_is_opened_to_colleagues(root: Path) -> None:
    root.chmod(0o2775)
    write_tree(root, {".locks/iris.lock": ""})
    lock_file(root).chmod(0o600)
    with CatalogFolder(root).lock("iris"):
        assert S_IMODE(lock_file(root).stat().st_mode) == 0o660


@needs_root
def test_a_colleague_s_lock_file_that_may_not_be_replaced_is_used(open_root: Path) -> None:
    os.chown(open_root, 0, OTHER_GROUP)
    open_root.chmod(0o2775)
    write_tree(open_root, {".locks/iris.lock": ""})
    for path, mode in ((open_root / ".locks", 0o3775), (lock_file(open_root), 0o664)):
        os.chown(path, 4001, OTHER_GROUP)
        path.chmod(mode)
    number = lock_file(open_root).stat().st_ino
    with acting_as(4002, OTHER_GROUP), CatalogFolder(open_root).lock("iris"):
        assert lock_file(open_root).stat().st_ino == number


def test_a_file_system_with_modes_of_its_own_has_locks_all_the_same(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root.chmod(0o2775)
    write_tree(root, {".locks/iris.lock": ""})
    monkeypatch.setattr(os, "fchmod", lambda *_: None)
    with CatalogFolder(root).lock("iris"), held_by_us(root):
        pass


@contextmanager
def held_by_us(root: Path) -> Iterator[None]:
    with pytest.raises(DatasetBusyError), CatalogFolder(root).lock("iris"):
        pass
    yield


def test_a_file_system_that_grants_a_lock_twice_is_an_error(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fcntl, "flock", lambda *_: None)
    with pytest.raises(DatasetError), CatalogFolder(root).lock("iris"):
        pass


def test_a_file_that_only_begins_like_a_lock_file_is_not_overwritten(root: Path) -> None:
    content = b'{"user": "ada"}' + b" " * 5000
    write_tree(root, {".locks/iris.lock": content})
    with pytest.raises(DatasetError), CatalogFolder(root).lock("iris"):
        pass
    assert lock_file(root).read_bytes() == content


def test_what_a_killed_holder_wrote_is_replaced_as_a_whole(root: Path) -> None:
    write_tree(root, {".locks/iris.lock": b'{"user": "ada"}\n'.ljust(4096)})
    lock_file(root).chmod(0o600)
    with CatalogFolder(root).lock("iris"):
        assert json.loads(lock_file(root).read_bytes())["pid"] == os.getpid()


@pytest.mark.parametrize("content", [b"", b"mine", b'{"user": "ada"}\n'])
def test_no_descriptor_stays_open(root: Path, content: bytes) -> None:
    write_tree(root, {".locks/iris.lock": content})
    catalog, before = CatalogFolder(root), open_descriptors()
    for _ in range(3):
        with suppress(DatasetError), catalog.lock("iris"), held_by_us(root):
            pass
    assert open_descriptors() == before


def open_descriptors() -> list[str]:
    return sorted(entry.name for entry in Path("/proc/self/fd").iterdir())
