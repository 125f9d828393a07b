"""What every source of files offers: the bytes of a range of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from huggingnersc.adapters.transfer.wanted_file import WantedFile


class FileBody(Protocol):
    """The bytes of a range, in order.

    Attributes:
        start: where they begin in the file: what was asked for, or 0 where the source sends whole
            files only.
        stop: where they end.
        validator: what tells this content of the file from another one, such as an ETag; empty
            where the source has none.
    """

    start: int
    stop: int
    validator: str

    def readinto(self, buffer: memoryview) -> int:
        """Put bytes into `buffer` and return how many; 0 at the end, when all of them came.

        Raises:
            TransferCutError: they ended early.
        """

    def close(self) -> None:
        """Let go of it; one that was not read to its end may take its connection with it."""


class SourceConnection(Protocol):
    """A way to a source, for one thread at a time."""

    def open(self, file: WantedFile, start: int, stop: int, validator: str) -> FileBody:
        """Return the bytes of a file from `start` up to `stop`.

        Args:
            file: what is asked for.
            start: the first byte.
            stop: the one after the last.
            validator: that of an earlier answer; another content is sent from its beginning, or
                ends in OtherContentError. Empty where none is known.

        Raises:
            TransferCutError: it failed, and may succeed later.
            FileRefusedError: the file cannot be had, or is not the one that is wanted.
            TransferError: nothing can be had of this source.
        """

    def abort(self) -> None:
        """Let a call of another thread that waits for bytes end with TransferCutError."""

    def close(self) -> None:
        """Close it."""


class FileSource(Protocol):
    """Where files come from.

    Attributes:
        label: what messages call it, such as its address.
    """

    label: str

    def connected(self) -> SourceConnection:
        """Return a new connection; nothing is sent before it is asked for a file."""
