"""The pieces of a large file: which are kept, noted and fetched again."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.files.open_folder import OpenFolder
from huggingnersc.adapters.transfer import large_file
from huggingnersc.adapters.transfer.failures import OtherContentError
from huggingnersc.adapters.transfer.large_file import FilePiece, LargeFile, PieceEnd
from huggingnersc.adapters.transfer.state_file import KnownPiece, StateFile
from huggingnersc.adapters.transfer.target_folder import TargetFolder
from huggingnersc.adapters.transfer.wanted_file import WantedFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE = WantedFile(b"large", 40, "2" * 64)


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_file, "PIECE_BYTES", 10)


@contextmanager
def _begun(folder: Path) -> Iterator[tuple[LargeFile, StateFile]]:
    with (
        OpenFolder.at(folder) as root,
        StateFile(root, make=True) as state,
        TargetFolder(root) as target,
    ):
        large = LargeFile(FILE, 0, state)
        large.begin(target)
        try:
            yield large, state
        finally:
            large.close()


def _taken(large: LargeFile) -> FilePiece:
    piece = large.take()
    assert piece
    return piece


def test_only_pieces_of_one_content_that_are_in_the_file_are_kept(tmp_path: Path) -> None:
    pieces = [(10, 20, "a"), (20, 30, "b"), (30, 50, "a"), (30, 40, "a")]
    with _begun(tmp_path) as (_, state):
        for piece in pieces:
            state.add_piece(FILE, KnownPiece(*piece))
    with _begun(tmp_path) as (large, _):
        assert (large.kept_bytes, large.condition) == (20, "a")
        assert [(one.start, one.stop) for one in iter(large.take, None)] == [(0, 10), (20, 30)]
        assert large.percent == 100


@pytest.mark.parametrize(
    ("content", "failure", "expected"),
    [
        (bytes(10), None, 10),
        (bytes(9), None, 0),
        (bytes(10), OtherContentError("changed"), 0),
    ],
)
def test_a_piece_is_noted_when_all_of_it_came(
    tmp_path: Path, content: bytes, failure: Exception | None, expected: int
) -> None:
    with _begun(tmp_path) as (large, _):
        piece = _taken(large)
        large.write(piece, memoryview(content))
        large.end(piece, failure)
    with _begun(tmp_path) as (large, _):
        assert large.kept_bytes == expected


def test_a_file_that_changes_again_and_again_is_refused(tmp_path: Path) -> None:
    ends = []
    with _begun(tmp_path) as (large, _):
        for _ in range(3):
            ends.append(large.end(_taken(large), OtherContentError("changed")))
            if ends[-1] is PieceEnd.AGAIN:
                large.begin_again()
        assert large.reason == "changed"
    assert ends == [PieceEnd.AGAIN, PieceEnd.AGAIN, PieceEnd.REFUSED]
