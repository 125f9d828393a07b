"""One thread of a transfer: it fetches files or pieces of them, and tries again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.adapters.transfer.failures import (
    FileRefusedError,
    OtherContentError,
    TransferCutError,
)
from huggingnersc.adapters.transfer.large_file import FilePiece, LargeFile, PieceEnd
from huggingnersc.adapters.transfer.retries import Retries, pause
from huggingnersc.adapters.transfer.wanted_file import Checksum
from huggingnersc.errors import TransferError

if TYPE_CHECKING:
    from huggingnersc.adapters.engines.choice import Report
    from huggingnersc.adapters.transfer.rate_limit import RateLimit
    from huggingnersc.adapters.transfer.shared_work import ShardFile, SharedWork
    from huggingnersc.adapters.transfer.source import SourceConnection
    from huggingnersc.adapters.transfer.target_folder import TargetFolder
    from huggingnersc.adapters.transfer.wanted_file import WantedFile

_BUFFER_BYTES = 1 << 20  # a file that is not larger is checked in memory, before it is written
_WRONG = "is not the file that was recorded: its digest is another"


class FetchWorker:
    """Fetches files for one thread.

    Args:
        work: what all threads share.
        target: where the files go.
        connection: to their source.
        rate: limits all threads together.
        report: called before a pause.
    """

    def __init__(
        self,
        work: SharedWork,
        target: TargetFolder,
        connection: SourceConnection,
        rate: RateLimit,
        report: Report,
    ) -> None:
        self._work, self._target, self._connection = work, target, connection
        self._rate, self._report = rate, report
        self._buffer = memoryview(bytearray(_BUFFER_BYTES))

    def fetch(self, unit: ShardFile | FilePiece) -> None:
        """Fetch a file or a piece of one, or note why it cannot be had.

        Raises:
            TransferError: the source does not answer.
            OSError: the target cannot be written.
        """
        if isinstance(unit, FilePiece):
            self._fetch_piece(unit)
        elif not self._is_settled(unit):
            self._fetch_file(unit)

    def _is_settled(self, unit: ShardFile) -> bool:
        """Return whether nothing is to be fetched: it is here, or what is here must stay."""
        file = unit.listed.file
        status = self._target.status_of(file)
        if status is None:
            return False
        if self._target.is_here(file):
            self._work.adopted(unit.shard, file, status)
            return True
        if unit.listed.replaces:
            return False
        self._work.kept_out(unit.shard, file)
        return True

    def _fetch_file(self, unit: ShardFile) -> None:
        file = unit.listed.file
        if file.size_bytes > _BUFFER_BYTES:
            large = LargeFile(file, unit.shard, self._work.state)
            large.begin(self._target)
            self._work.add_large(large)
            if large.is_complete:  # a killed process has fetched all of it
                self._finish(large)
            return
        try:
            content = self._small_content(file)
        except FileRefusedError as refusal:
            self._work.refused(unit.shard, file, refusal.reason)
            return
        self._work.done(unit.shard, file, self._target.put(file, content))

    def _small_content(self, file: WantedFile) -> memoryview:
        """Return the content of a small file, checked."""
        retries = Retries(self._work.label)
        while True:
            try:
                content = self._read_small(file)
                checksum = Checksum(file)
                checksum.update(content)
                if checksum.is_right:
                    self._work.moved(file.size_bytes)
                    return content
                self._work.moved(file.size_bytes, is_kept=False)
                if retries.failed:
                    raise FileRefusedError(_WRONG)
                cut = TransferCutError(_WRONG, is_answered=True)
            except TransferCutError as error:
                cut = error
            self._pause(retries, cut, has_moved=False)

    def _read_small(self, file: WantedFile) -> memoryview:
        at, size = 0, file.size_bytes
        if not size:
            return self._buffer[:0]
        body = self._connection.open(file, 0, size, "")
        try:
            while count := body.readinto(self._buffer[at:size] if at < size else self._buffer[:1]):
                at += count
                self._rate.passed(count)
        finally:
            body.close()
        return self._buffer[:size]

    def _fetch_piece(self, piece: FilePiece) -> None:
        large, failure = piece.large, None
        try:
            self._piece_content(piece)
        except (FileRefusedError, OtherContentError) as error:
            failure = error
        end = large.end(piece, failure)
        if end is PieceEnd.AGAIN:
            self._work.lost(large.fetched_bytes)
            large.begin_again()
            self._work.look_again()
        elif end is PieceEnd.REFUSED:
            self._work.remove_large(large)
            self._work.refused(large.shard, large.file, large.reason)
        elif end is PieceEnd.FINISH:
            self._finish(large)

    def _piece_content(self, piece: FilePiece) -> None:
        """Fetch the rest of a piece, and go on where a connection is cut."""
        retries = Retries(self._work.label)
        while piece.at < piece.stop:
            begun_at = piece.at
            try:
                if not self._read_piece(piece):
                    return
            except OtherContentError:
                raise
            except TransferCutError as cut:
                self._pause(retries, cut, has_moved=piece.at > begun_at)

    def _read_piece(self, piece: FilePiece) -> bool:
        """Read an answer into the part; return False where no more of the file is needed."""
        large = piece.large
        body = self._connection.open(large.file, piece.at, piece.stop, large.condition)
        try:
            large.agree(piece, body)
            self._work.look_again()
            while count := body.readinto(self._buffer[: self._rate.most_bytes]):
                goes_on = large.write(piece, self._buffer[:count])
                self._work.moved(count)
                self._rate.passed(count)
                if not goes_on or self._work.stopped.is_set():
                    return False
        finally:
            body.close()
        return True

    def _finish(self, large: LargeFile) -> None:
        """Check a large file that is complete, and give it its name; or begin it again once."""
        if large.is_right():
            status = large.finish(self._target)
            self._work.done(large.shard, large.file, status)
            self._work.remove_large(large)
        elif large.may_begin_again():
            self._work.lost(large.fetched_bytes)
            large.begin_again()
            self._work.look_again()
        else:
            self._work.remove_large(large)
            self._target.forget(large.file)
            self._work.refused(large.shard, large.file, _WRONG)

    def _pause(self, retries: Retries, cut: TransferCutError, *, has_moved: bool) -> None:
        """Wait before the next attempt.

        Raises:
            FileRefusedError: there were enough of them, and other files may be had.
            TransferError: there were enough of them, and nothing answers; or the work is to stop.
        """
        seconds = (
            None if self._work.stopped.is_set() else retries.pause_after(cut, has_moved=has_moved)
        )
        if seconds is not None:
            self._work.waits(cut.reason)
            self._report(self._work.progress())
            pause(seconds, self._work.stopped)
            return
        if cut.is_answered and not self._work.stopped.is_set():
            raise FileRefusedError(cut.reason) from cut
        raise TransferError(
            f"The transfer from {self._work.label} stopped: {cut.reason}.",
            hint="Check the network (compute nodes often have none), then run the same command "
            "again; what is done is kept.",
        ) from cut
