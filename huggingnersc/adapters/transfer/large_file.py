"""A large file in pieces, which several connections fetch at a time.

Pieces are given out in order, so that the digest follows close behind: it is computed from what is
in the part, once everything before is there too.
"""

from __future__ import annotations

import errno
import os
import threading
from contextlib import ExitStack
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from huggingnersc.adapters.transfer.failures import FileRefusedError, OtherContentError
from huggingnersc.adapters.transfer.state_file import KnownPiece
from huggingnersc.adapters.transfer.wanted_file import Checksum

if TYPE_CHECKING:
    from huggingnersc.adapters.transfer.source import FileBody
    from huggingnersc.adapters.transfer.state_file import StateFile
    from huggingnersc.adapters.transfer.target_folder import TargetFolder
    from huggingnersc.adapters.transfer.wanted_file import WantedFile

PIECE_BYTES = 16 << 20
_READ_BYTES = 1 << 20
_MOST_RESTARTS = 2


@dataclass(slots=True)
class FilePiece:
    """Bytes of a large file that one connection fetches.

    Attributes:
        large: what they belong to.
        start: the first byte.
        at: the next byte to fetch.
        stop: the one after the last.
    """

    large: LargeFile
    start: int
    at: int
    stop: int


class PieceEnd(Enum):
    """What is to be done with a large file once a piece of it has ended."""

    NOTHING = "nothing"  # others work on it, or have done what there was to do
    FINISH = "finish"  # all of it is in the part
    AGAIN = "again"  # it has to be begun again
    REFUSED = "refused"  # it cannot be had


class LargeFile:
    """A file that comes in pieces; its methods may be called by several threads.

    Args:
        file: which.
        shard: the part of the work that it belongs to.
        state: where it is noted which pieces are in the part.

    Attributes:
        kept_bytes: of the part of an earlier transfer, that need not be fetched.
        reason: why it cannot be had; empty where it can.
    """

    def __init__(self, file: WantedFile, shard: int, state: StateFile) -> None:
        self.file, self.shard, self.reason = file, shard, ""
        self._state, self._stack, self._lock = state, ExitStack(), threading.Lock()
        self._hash_lock = threading.Lock()
        self._descriptor, self._restarts = -1, 0
        self._clear()

    def _clear(self) -> None:
        self.validator, self._end = "", PieceEnd.NOTHING
        self._done: dict[int, int] = {}  # stop by start
        self._next = self._hashed = self._out = self.kept_bytes = 0
        self._is_begun = self._is_known = False
        self._checksum = Checksum(self.file)

    def begin(self, target: TargetFolder) -> None:
        """Open its part, with what an earlier transfer left in it."""
        self._descriptor, is_new = self._stack.enter_context(target.part(self.file))
        if is_new:
            self._state.add_again(self.file)
            return
        for piece in self._state.pieces_of(self.file):
            if self.validator in {"", piece.validator} and _is_piece(piece, self.file.size_bytes):
                self.validator, self._is_known = piece.validator, True
                self._done[piece.start] = piece.stop
        self.kept_bytes = sum(stop - start for start, stop in self._done.items())

    def begin_again(self) -> None:
        """Forget what came of it."""
        self._state.add_again(self.file)
        self._clear()

    def close(self) -> None:
        """Close its part, which stays."""
        self._stack.close()

    def take(self) -> FilePiece | None:
        """Return the next piece to fetch; None where there is none for now.

        Before the first answer there is only one: it says whether the source sends parts.
        """
        with self._lock:
            if self._is_over or self.is_waiting or self._is_all_given:
                return None
            start = self._next
            self._next = min(_piece_end(start), self.file.size_bytes)
            self._is_begun, self._out = True, self._out + 1
            return FilePiece(self, start, start, self._next)

    @property
    def is_waiting(self) -> bool:
        """Whether there will be pieces once the first answer has begun."""
        return self._is_begun and not self._is_known and not self._is_over

    def agree(self, piece: FilePiece, body: FileBody) -> None:
        """Take note of how an answer begins.

        Raises:
            OtherContentError: it is not of the content whose bytes are in the part.
        """
        with self._lock:
            if self.condition not in {"", body.validator}:
                raise OtherContentError("changed at the source meanwhile")
            if body.start != piece.at:
                raise OtherContentError("is sent from its beginning only")
            if body.stop > piece.stop:  # the whole file, although a part was asked for
                if self._done or self._out > 1:
                    raise OtherContentError("is sent from its beginning only")
                piece.stop = self._next = body.stop
            self.validator, self._is_known = body.validator, True

    def write(self, piece: FilePiece, content: memoryview) -> bool:
        """Write the next bytes of a piece; return False where no more of it are needed."""
        while content:
            count = os.pwrite(self._descriptor, content, piece.at)
            piece.at += count
            content = content[count:]
        return not self._is_over

    def end(self, piece: FilePiece, failure: Exception | None = None) -> PieceEnd:
        """Note how a piece has ended, and return what the caller has to do with the file."""
        if failure is None and piece.at == piece.stop:
            self._add(piece)
        with self._lock:
            self._out -= 1
            if isinstance(failure, OtherContentError) and self._restarts < _MOST_RESTARTS:
                self._end = self._end if self._is_over else PieceEnd.AGAIN
            elif isinstance(failure, OtherContentError | FileRefusedError):
                self._end, self.reason = PieceEnd.REFUSED, failure.reason
            elif self._is_whole and not self._is_over:
                self._end = PieceEnd.FINISH
            if self._end is PieceEnd.AGAIN and not self._out:
                self._restarts += 1
            return PieceEnd.NOTHING if self._out else self._end

    @property
    def is_complete(self) -> bool:
        """Whether all of it is in the part."""
        with self._lock:
            return self._is_whole

    @property
    def condition(self) -> str:
        """The validator to ask with; none after two contents, where the digest alone decides.

        The machines behind one address may each have validators of their own.
        """
        return self.validator if self._restarts < _MOST_RESTARTS else ""

    @property
    def fetched_bytes(self) -> int:
        """How many bytes of it are in the part, as far as whole pieces are."""
        return sum(stop - start for start, stop in self._done.items())

    @property
    def percent(self) -> int:
        """How much of it was given out to be fetched."""
        return 100 * self._next // self.file.size_bytes

    def may_begin_again(self) -> bool:
        """Return whether it may be fetched once more after all of it was wrong; only once."""
        self._restarts += 1
        return self._restarts == 1

    def is_right(self) -> bool:
        """Return whether what is in the part, all of it, is the file."""
        with self._hash_lock:
            self._hash_forward()
            return self._hashed == self.file.size_bytes and self._checksum.is_right

    def finish(self, target: TargetFolder) -> os.stat_result:
        """Rename its part, checked before, to the file."""
        return target.finish(self.file, self._descriptor)

    @property
    def _is_over(self) -> bool:
        return self._end is not PieceEnd.NOTHING

    @property
    def _is_all_given(self) -> bool:
        while self._next in self._done:
            self._next = self._done[self._next]
        return self._next >= self.file.size_bytes

    @property
    def _is_whole(self) -> bool:
        is_given = self._is_all_given and not self._out
        return is_given and self.fetched_bytes >= self.file.size_bytes

    def _add(self, piece: FilePiece) -> None:
        """Note that a piece is in the part, and bring the digest forward."""
        self._state.add_piece(self.file, KnownPiece(piece.start, piece.stop, self.validator))
        with self._lock:
            self._done[piece.start] = piece.stop
        if self._hash_lock.acquire(blocking=False):
            try:
                self._hash_forward()
            finally:
                self._hash_lock.release()

    def _hash_forward(self) -> None:
        buffer = memoryview(bytearray(_READ_BYTES))
        while (stop := self._done.get(self._hashed, 0)) > self._hashed:
            while self._hashed < stop:
                view = buffer[: stop - self._hashed]
                count = os.preadv(self._descriptor, [view], self._hashed)
                if count == 0:
                    raise OSError(errno.EIO, "the part of a file became shorter")
                self._checksum.update(view[:count])
                self._hashed += count


def _piece_end(start: int) -> int:
    return (start // PIECE_BYTES + 1) * PIECE_BYTES


def _is_piece(piece: KnownPiece, size_bytes: int) -> bool:
    return 0 <= piece.start < piece.stop <= size_bytes
