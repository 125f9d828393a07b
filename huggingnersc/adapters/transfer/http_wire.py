"""Requests and answers on one connection that is kept open, without a client's overhead.

A request by httpx2 takes 0.7 ms of a processor, one by http.client 0.25, one here 0.1: with
thousands of small files that is most of the time (benchmarks/transfer.py). Only what a download
needs is here: GET, headers, a length or chunks.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from socket import SHUT_RDWR
from typing import TYPE_CHECKING

from huggingnersc.adapters.transfer.failures import TransferCutError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from socket import socket

_BUFFER_BYTES = 1 << 16  # also the most of a head
_STATUS = re.compile(r"HTTP/1\.([01]) ([0-9]{3})(?: .*)?")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?")
_MOST_HEADS = 10  # those before the last one only say that it will come
_NO_BODY = frozenset({204, 304})


@dataclass(frozen=True, slots=True)
class AnswerHead:
    """What comes before the body of an answer.

    Attributes:
        status: its number.
        headers: by name in lower case.
        length: of the body; None where the answer does not say.
    """

    status: int
    headers: Mapping[str, str]
    length: int | None


@dataclass(slots=True)
class HttpWire:
    """A connection; one answer is read to its end before the next request.

    Attributes:
        socket: the connection.
        is_open: whether another request can be sent.
        is_used: whether an answer came on it before.
    """

    socket: socket
    is_open: bool = True
    is_used: bool = False
    _buffer: bytearray = field(default_factory=lambda: bytearray(_BUFFER_BYTES))
    _begin: int = 0
    _end: int = 0
    _left: int | None = 0  # of the body, or of a chunk; None up to the end of the connection
    _is_chunked: bool = False
    _stays_open: bool = False

    def ask(self, request: bytes) -> AnswerHead:
        """Send a request and return the head of its answer.

        Raises:
            TransferCutError: there is none.
        """
        self.is_open = False
        try:
            self.socket.sendall(request)
        except OSError as error:
            raise TransferCutError(f"the connection was lost: {_reason(error)}") from error
        for _ in range(_MOST_HEADS):
            if (head := self._head()).status >= 200:
                self.is_used = True
                return head
        raise TransferCutError("the answer never begins", is_answered=True)

    def readinto(self, view: memoryview) -> int:
        """Put bytes of the body into `view` and return how many; 0 at its end.

        Raises:
            TransferCutError: the connection ends before the body.
        """
        if self._is_chunked and self._left == 0:
            self._next_chunk()
        if self._left == 0 or not view:
            self.is_open = self._left == 0 and self._stays_open
            return 0
        most = len(view) if self._left is None else min(len(view), self._left)
        count = self._buffered(view, most) or self._received(view[:most])
        if self._left is None:
            if count == 0:
                self._left = 0
            return count
        if count == 0:
            raise TransferCutError("the connection was cut")
        self._left -= count
        if self._left == 0 and self._is_chunked:
            self._line()
        elif self._left == 0:
            self.is_open = self._stays_open
        return count

    def abort(self) -> None:
        """Let a call of another thread that waits for bytes end."""
        with suppress(OSError):
            self.socket.shutdown(SHUT_RDWR)

    def close(self) -> None:
        """Close the connection."""
        self.is_open = False
        self.socket.close()

    def _head(self) -> AnswerHead:
        lines = self._head_lines()
        status = _STATUS.fullmatch(lines[0])
        if status is None:
            raise TransferCutError("the answer is not one of a web server", is_answered=True)
        headers = _headers(lines[1:])
        number = int(status[2])
        self._is_chunked = headers.get("transfer-encoding", "identity").lower() != "identity"
        length = _length(headers, number)
        self._left = 0 if self._is_chunked else length
        keeps = headers.get("connection", "").lower()
        self._stays_open = "close" not in keeps and (status[1] == "1" or "keep-alive" in keeps)
        if self._left == 0 and not self._is_chunked and number >= 200:
            self.is_open = self._stays_open
        return AnswerHead(number, headers, None if self._is_chunked else length)

    def _head_lines(self) -> list[str]:
        while (end := self._buffer.find(b"\r\n\r\n", self._begin, self._end)) < 0:
            self._fill()
        text = self._buffer[self._begin : end].decode("latin-1")
        self._begin = end + 4
        return text.split("\r\n")

    def _next_chunk(self) -> None:
        found = _CHUNK.fullmatch(self._line())
        if found is None:
            raise TransferCutError("the parts of the answer are not as HTTP has them")
        self._left = int(found[1], 16)
        if self._left == 0:
            while self._line():  # what may follow the last chunk
                pass
            self._is_chunked = False
            self.is_open = self._stays_open

    def _line(self) -> bytes:
        while (end := self._buffer.find(b"\r\n", self._begin, self._end)) < 0:
            self._fill()
        line = bytes(self._buffer[self._begin : end])
        self._begin = end + 2
        return line

    def _fill(self) -> None:
        """Read more into the buffer."""
        if self._begin:
            kept = self._end - self._begin
            self._buffer[:kept] = self._buffer[self._begin : self._end]
            self._begin, self._end = 0, kept
        if self._end == len(self._buffer):
            raise TransferCutError("the head of the answer is too long", is_answered=True)
        count = self._received(memoryview(self._buffer)[self._end :])
        if count == 0:
            raise TransferCutError("the connection was cut before the answer")
        self._end += count

    def _buffered(self, view: memoryview, most: int) -> int:
        count = min(most, self._end - self._begin)
        if count:
            view[:count] = memoryview(self._buffer)[self._begin : self._begin + count]
            self._begin += count
        return count

    def _received(self, view: memoryview) -> int:
        try:
            return self.socket.recv_into(view)
        except OSError as error:
            raise TransferCutError(f"the connection was lost: {_reason(error)}") from error


def _headers(lines: list[str]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, text = line.partition(":")
        if not colon or not name or name != name.strip():
            raise TransferCutError("the head of the answer is not one of HTTP", is_answered=True)
        name, value = name.lower(), text.strip()
        if name == "content-length" and headers.get(name, value) != value:
            raise TransferCutError("the answer has two lengths", is_answered=True)
        headers[name] = value
    return headers


def _length(headers: Mapping[str, str], status: int) -> int | None:
    if status < 200 or status in _NO_BODY:
        return 0
    text = headers.get("content-length")
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal()) or len(text) > 18:
        raise TransferCutError("the length of the answer is no number", is_answered=True)
    return int(text)


def _reason(error: OSError) -> str:
    return error.strerror or str(error) or type(error).__name__
