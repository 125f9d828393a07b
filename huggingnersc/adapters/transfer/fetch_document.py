"""Fetch one file to be read here, such as the list of the files of a dataset."""

from __future__ import annotations

import threading
from contextlib import closing
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

from huggingnersc.adapters.transfer.failures import FileRefusedError, TransferCutError
from huggingnersc.adapters.transfer.retries import Retries, pause
from huggingnersc.adapters.transfer.wanted_file import Checksum
from huggingnersc.domain.text.shell import shown
from huggingnersc.errors import TransferError

if TYPE_CHECKING:
    from huggingnersc.adapters.transfer.source import FileSource, SourceConnection
    from huggingnersc.adapters.transfer.wanted_file import WantedFile

_PIECE_BYTES = 1 << 16


def fetched_document(source: FileSource, file: WantedFile) -> IO[bytes]:
    """Return a file of a source, checked, as a temporary file that is open.

    Raises:
        TransferError: it cannot be had, or is not the one.
    """
    retries, never = Retries(source.label), threading.Event()
    with closing(source.connected()) as connection:
        while True:
            try:
                return _fetched(connection, file)
            except TransferCutError as cut:
                if (seconds := retries.pause_after(cut, has_moved=False)) is None:
                    raise _failed(source, file, cut.reason) from cut
                pause(seconds, never)
            except FileRefusedError as refusal:
                raise _failed(source, file, refusal.reason) from refusal
            except OSError as error:  # no room for it
                raise _failed(source, file, error.strerror or str(error)) from error


def _fetched(connection: SourceConnection, file: WantedFile) -> IO[bytes]:
    checksum, buffer = Checksum(file), memoryview(bytearray(_PIECE_BYTES))
    document = TemporaryFile()  # noqa: SIM115 - the caller's
    try:
        with closing(connection.open(file, 0, file.size_bytes, "")) as body:
            while count := body.readinto(buffer):
                checksum.update(buffer[:count])
                document.write(buffer[:count])
        if not checksum.is_right:
            raise TransferCutError("its SHA-256 is not the recorded one", is_answered=True)
    except BaseException:
        document.close()
        raise
    document.flush()
    document.seek(0)
    return document


def _failed(source: FileSource, file: WantedFile, reason: str) -> TransferError:
    path = shown(file.path.decode("utf-8", "replace"))
    return TransferError(
        f"{path} of {source.label} cannot be had: {reason}.",
        hint="Run the same command again; where it fails again, check the network and the proxy.",
    )
