"""A folder that is held open: its names are reached by its descriptor, and no link is followed."""

from __future__ import annotations

import errno
import os
from stat import S_IMODE
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.files.open_folder import LinkError, OpenFolder
from tests.adapters.catalogs import umask
from tests.builders import write_tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[OpenFolder]:
    write_tree(tmp_path / "folder", {"file": "text", "sub/file": "deep"})
    (tmp_path / "folder/link").symlink_to("sub")
    (tmp_path / "folder/file link").symlink_to("file")
    os.mkfifo(tmp_path / "folder/pipe")
    with OpenFolder.at(tmp_path / "folder") as opened:
        yield opened


def test_names_are_read_in_the_folder_wherever_it_is_moved(
    folder: OpenFolder, tmp_path: Path
) -> None:
    folder.path.rename(tmp_path / "moved")
    assert folder.read("file", most=3)[0] == b"tex"
    with folder.folder("sub") as deep:
        assert deep.read("file", most=9)[0] == b"deep"
        assert deep.path == folder.path / "sub"
    assert folder.names == ["file", "file link", "link", "pipe", "sub"]


@pytest.mark.attack("catalog links")
def test_a_link_is_an_error_with_its_path(folder: OpenFolder) -> None:
    for call in (
        lambda: folder.folder("link"),
        lambda: folder.make("link"),
        lambda: folder.read("file link", most=9),
        lambda: folder.folder("link", "x"),
    ):
        with pytest.raises(LinkError) as caught:
            call()
        assert str(folder.path) in caught.value.filename


def test_other_errors_have_the_whole_path(folder: OpenFolder) -> None:
    for name, kind in (("none", FileNotFoundError), ("file", NotADirectoryError)):
        with pytest.raises(kind) as caught:
            folder.folder(name)
        assert caught.value.filename == str(folder.path / name)
    with pytest.raises(OSError, match="Directory not empty") as full:
        folder.rmdir("sub")
    assert full.value.filename == str(folder.path / "sub")


def test_what_vanished_is_not_taken_for_a_link(
    folder: OpenFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def vanished(*_: object, **__: object) -> int:
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))

    monkeypatch.setattr(os, "open", vanished)
    with pytest.raises(NotADirectoryError):
        folder.folder("none")


@pytest.mark.attack("catalog hostile files")
def test_only_regular_files_are_read_and_no_pipe_is_waited_for(folder: OpenFolder) -> None:
    with pytest.raises(IsADirectoryError):
        folder.read("sub", most=9)
    with pytest.raises(OSError, match="not a regular file"):
        folder.read("pipe", most=9)


def test_all_of_a_file_is_there_when_it_is_synced(
    folder: OpenFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: sizes.append(os.fstat(descriptor).st_size))
    folder.write_pieces("new", [b"1" * 10, b"2" * 10], mode=0o600, like=folder.status)
    assert sizes == [20]


@pytest.mark.parametrize("name", ["", ".", "..", "sub/file", "/etc"])
def test_a_path_is_no_name(folder: OpenFolder, name: str) -> None:
    with pytest.raises(ValueError, match="is not a name in a folder"):
        folder.read(name, most=9)


def test_what_is_made_is_closed_to_others_at_first(folder: OpenFolder) -> None:
    with umask(0):
        os.close(folder.descriptor_of("new", os.O_WRONLY | os.O_CREAT | os.O_EXCL))
        with folder.make("new folder") as made:
            assert made.is_new
            assert S_IMODE(made.status.st_mode) == 0o700
            made.write("x", b"x", mode=0o640, like=made.status)
            assert not made.is_new
    assert S_IMODE((folder.path / "new").stat().st_mode) == 0o600
    assert S_IMODE((folder.path / "new folder/x").stat().st_mode) == 0o640


def test_whatever_has_a_name_is_removed_and_nothing_behind_a_link(folder: OpenFolder) -> None:
    for name in ("link", "file", "sub", "pipe", "none"):
        folder.remove(name)
    assert folder.names == ["file link"]
    write_tree(folder.path, {"sub/file": "deep"})
    (folder.path / "link").symlink_to("sub")
    folder.remove("link")
    assert (folder.path / "sub/file").read_text(encoding="utf-8") == "deep"


def test_closing_twice_closes_no_one_else_s_descriptor(tmp_path: Path) -> None:
    folder = OpenFolder.at(tmp_path)
    folder.close()
    with (tmp_path / "file").open("w") as other:
        folder.close()
        assert os.fstat(other.fileno()).st_size == 0
