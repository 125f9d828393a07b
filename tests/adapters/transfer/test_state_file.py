"""The state of the transfers to a folder survives kills, and belongs to one process."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.files.open_folder import OpenFolder
from huggingnersc.adapters.transfer.state_file import STATE_FILE, KnownPiece, StateFile
from huggingnersc.adapters.transfer.wanted_file import WantedFile
from huggingnersc.errors import RunBusyError, TransferError

if TYPE_CHECKING:
    from pathlib import Path

ODD = WantedFile(b"a\n\tb\xff", 3, "1" * 64)
LARGE = WantedFile(b"large", 30, "2" * 64)


def _status(folder: Path, mtime_s: int) -> os.stat_result:
    """The status of a file that was changed at this time."""
    file = folder / "file"
    file.write_text("abc")
    os.utime(file, (mtime_s, mtime_s))
    return file.stat()


def _filled(folder: Path) -> bytes:
    """Write a state with a file, an older line of it, and pieces of another."""
    with OpenFolder.at(folder) as root, StateFile(root, make=True) as state:
        state.add_done(ODD, _status(folder, 5))
        state.add_piece(LARGE, KnownPiece(0, 9, "old"))
        state.add_again(LARGE)
        state.add_piece(LARGE, KnownPiece(10, 20, 'an "ETag"'))
    return (folder / STATE_FILE).read_bytes()


def test_what_was_noted_is_known_to_the_next_process(tmp_path: Path) -> None:
    _filled(tmp_path)
    with OpenFolder.at(tmp_path) as root, StateFile(root, make=False) as state:
        assert [row[0] for row in state.known] == [rb"a\x0a\x09b\xff"]
        assert state.pieces_of(LARGE) == [KnownPiece(10, 20, 'an "ETag"')]
        assert state.pieces_of(ODD) == []
        assert state.parts == [WantedFile(LARGE.path, 0, LARGE.digest)]


def test_a_state_that_was_cut_anywhere_says_less_and_nothing_wrong(tmp_path: Path) -> None:
    whole = _filled(tmp_path)
    for length in range(len(whole)):
        (tmp_path / STATE_FILE).write_bytes(whole[:length])
        with OpenFolder.at(tmp_path) as root, StateFile(root, make=True) as state:
            assert set(state.pieces_of(LARGE)) <= {
                KnownPiece(0, 9, "old"),
                KnownPiece(10, 20, 'an "ETag"'),
            }
            state.add_piece(LARGE, KnownPiece(20, 30, "new"))
        with OpenFolder.at(tmp_path) as root, StateFile(root, make=False) as state:
            assert state.pieces_of(LARGE)[-1] == KnownPiece(20, 30, "new")


def test_two_processes_do_not_write_to_one_folder(tmp_path: Path) -> None:
    with (
        OpenFolder.at(tmp_path) as root,
        StateFile(root, make=True),
        pytest.raises(RunBusyError),
    ):
        StateFile(root, make=True)


def test_a_file_of_another_program_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / STATE_FILE).write_text("mine\n")
    for _ in range(2):  # the first one holds nothing
        with OpenFolder.at(tmp_path) as root, pytest.raises(TransferError):
            StateFile(root, make=True)
    assert (tmp_path / STATE_FILE).read_text() == "mine\n"


def test_what_a_kill_left_while_the_state_was_written_again_is_removed(tmp_path: Path) -> None:
    (tmp_path / f"{STATE_FILE}.new").write_bytes(b"half")
    with OpenFolder.at(tmp_path) as root, StateFile(root, make=True):
        assert not (tmp_path / f"{STATE_FILE}.new").exists()


def test_a_state_that_is_written_again_keeps_its_mode(tmp_path: Path) -> None:
    with OpenFolder.at(tmp_path) as root, StateFile(root, make=True) as state:
        (tmp_path / STATE_FILE).chmod(0o640)
        state.compact()
    assert (tmp_path / STATE_FILE).stat().st_mode & 0o777 == 0o640


def test_at_the_end_only_what_is_here_is_left(tmp_path: Path) -> None:
    _filled(tmp_path)
    with OpenFolder.at(tmp_path) as root, StateFile(root, make=True) as state:
        state.add_done(ODD, _status(tmp_path, 9))
        state.compact()
    first, *lines = (tmp_path / STATE_FILE).read_text().splitlines()
    assert first.startswith("# huggingnersc transfer")
    assert len(lines) == 1
    path, kind, _, size_bytes, mtime_ns = lines[0].split("\t")
    assert (path, kind, size_bytes) == (r"a\x0a\x09b\xff", "done", "3")
    assert mtime_ns == "9000000000"
