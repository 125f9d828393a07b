"""Files of a web server: a portal, or a Hub."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin

from huggingnersc.adapters.transfer.failures import (
    FileRefusedError,
    OtherContentError,
    TransferCutError,
)
from huggingnersc.adapters.transfer.http_connect import connected_to, server_of
from huggingnersc.adapters.transfer.http_wire import HttpWire
from huggingnersc.domain.text.redact import redact_address

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from huggingnersc.adapters.transfer.http_connect import WebServer
    from huggingnersc.adapters.transfer.http_wire import AnswerHead
    from huggingnersc.adapters.transfer.wanted_file import WantedFile

_LOG = logging.getLogger(__name__)
_TIMEOUT_S = 60.0
_MOST_REDIRECTS = 5
_MOST_WIRES = 3  # the server, and those it redirects to
_MOST_DRAINED_BYTES = 1 << 16  # of an error's page, to keep its connection
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LATER = frozenset({408, 425, 429})  # beside 5xx
_BUSY = frozenset({429, 503})
_LOGIN = frozenset({401, 403, 407})
_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)")
_ADDRESS_LETTERS = "!#$%&'()*+,/:;=?@[]~"
_NO_FILE = frozenset({404, 410})


class WebSource:
    """Files that a web server offers by their addresses.

    Args:
        label: what messages call it, such as its address.
        address: returns the address of a file by its path.
        token: sent to `home` and to no other server; None for none.
        home: an address of the server that may know the token.
        timeout_s: of connecting, and of every wait for bytes.
    """

    def __init__(
        self,
        label: str,
        address: Callable[[bytes], str],
        *,
        token: str | None = None,
        home: str = "",
        timeout_s: float = _TIMEOUT_S,
    ) -> None:
        self.label, self.address, self.timeout_s = label, address, timeout_s
        self._token, self._home = token, server_of(home) if token else None
        self._agent = "User-Agent: huggingnersc\r\nAccept: */*\r\nAccept-Encoding: identity\r\n"

    def connected(self) -> WebConnection:
        """Return a new connection; nothing is sent before it is asked for a file."""
        return WebConnection(self)

    def headers(self, server: WebServer) -> str:
        """Return the header lines of every request to a server."""
        is_home = self._token is not None and server == self._home
        own = f"Authorization: Bearer {self._token}\r\n" if is_home else ""
        return f"Host: {server.authority}\r\n{self._agent}{own}"


class WebConnection:
    """Connections to a server and to those it redirects to, for one thread."""

    def __init__(self, source: WebSource) -> None:
        self._source = source
        self._wires: dict[WebServer, tuple[HttpWire, str, str]] = {}
        self._servers: dict[str, WebServer] = {}

    def close(self) -> None:
        """Close all of them."""
        while self._wires:
            self._wires.popitem()[1][0].close()

    def abort(self) -> None:
        """Let a call of another thread that waits for bytes end."""
        for wire, *_ in tuple(self._wires.values()):
            wire.abort()

    def open(self, file: WantedFile, start: int, stop: int, validator: str) -> WebBody:
        """Return the bytes of a file from `start` up to `stop`.

        Raises:
            TransferCutError, FileRefusedError, TransferError: see `SourceConnection`.
        """
        wanted = ""
        if start > 0 or stop < file.size_bytes:
            condition = f"If-Range: {validator}\r\n" if validator else ""
            wanted = f"Range: bytes={start}-{stop - 1}\r\n{condition}"
        wire, head = self._answer(self._source.address(file.path), wanted)
        try:
            return _checked_body(file, (start, stop), validator, bool(wanted), wire, head)
        except BaseException:
            _drain(wire, head)
            raise

    def _answer(self, address: str, wanted: str) -> tuple[HttpWire, AnswerHead]:
        """Ask for an address, and for those that it redirects to."""
        for _ in range(_MOST_REDIRECTS + 1):
            wire, head = self._ask(address, wanted)
            if head.status not in _REDIRECTS:
                return wire, head
            _drain(wire, head)
            address = _redirected(address, head.headers.get("location", ""))
        raise FileRefusedError(f"is redirected more than {_MOST_REDIRECTS} times")

    def _ask(self, address: str, wanted: str) -> tuple[HttpWire, AnswerHead]:
        base, path = _split(address)
        server = self._server(base)
        wire, prefix, headers = self._wire(server)
        request = f"GET {prefix}{path} HTTP/1.1\r\n{headers}{wanted}\r\n".encode("latin-1")
        was_used = wire.is_used
        try:
            head = wire.ask(request)
        except TransferCutError as cut:
            wire.close()
            if not was_used or cut.is_answered:
                raise
            # The server has closed a connection that it had kept open.
            wire = self._wire(server)[0]
            head = wire.ask(request)
        if _LOG.isEnabledFor(logging.DEBUG):
            _LOG.debug("GET %s %s: %d", redact_address(address), wanted[:40].strip(), head.status)
        return wire, head

    def _server(self, base: str) -> WebServer:
        if base not in self._servers:
            try:
                self._servers[base] = server_of(base)
            except ValueError as error:
                raise FileRefusedError(f"has an address that cannot be used: {error}") from error
        return self._servers[base]

    def _wire(self, server: WebServer) -> tuple[HttpWire, str, str]:
        """Return a connection to a server that can be asked, opened where there is none."""
        known = self._wires.pop(server, None)
        if known is None or not known[0].is_open:
            if known:
                known[0].close()
            while len(self._wires) >= _MOST_WIRES:
                self._wires.pop(next(iter(self._wires)))[0].close()
            link = connected_to(server, self._source.timeout_s)
            headers = self._source.headers(server) + link.proxy_header
            known = HttpWire(link.socket), link.target_prefix, headers
        self._wires[server] = known  # the one used last is the last
        return known


class WebBody:
    """The bytes of an answer, no more than belong to the range."""

    def __init__(self, wire: HttpWire, start: int, stop: int, validator: str) -> None:
        self._wire, self._left = wire, stop - start
        self.start, self.stop, self.validator = start, stop, validator

    def readinto(self, buffer: memoryview) -> int:
        """Put bytes into `buffer` and return how many; 0 at the end, when all of them came.

        Raises:
            TransferCutError: they ended early.
            FileRefusedError: more come than the file has.
        """
        if self._left == 0:
            if self._wire.readinto(memoryview(bytearray(1))):
                raise FileRefusedError("is longer there than it should be")
            return 0
        count = self._wire.readinto(buffer[: self._left])
        if count == 0:
            raise TransferCutError(f"the answer ended {self._left:,} bytes early")
        self._left -= count
        return count

    def close(self) -> None:
        """Let go of it; a connection with bytes that were not read is closed."""
        if not self._wire.is_open:
            self._wire.close()


def _checked_body(
    file: WantedFile,
    span: tuple[int, int],
    validator: str,
    is_range: bool,
    wire: HttpWire,
    head: AnswerHead,
) -> WebBody:
    _require_success(head)
    if head.headers.get("content-encoding", "identity").lower() != "identity":
        raise FileRefusedError("is sent in another encoding, although none was asked for")
    found = _validator(head.headers)
    if head.status == 206:
        _require_range(file, span, head, is_range=is_range)
        if validator and found and found != validator:
            raise OtherContentError("the file at the source changed meanwhile")
        return WebBody(wire, *span, found)
    if head.length is not None and head.length != file.size_bytes:
        raise FileRefusedError(_other_size(file, head))
    return WebBody(wire, 0, file.size_bytes, found)


def _require_success(head: AnswerHead) -> None:
    status = head.status
    if status in {200, 206}:
        return
    if status in _LATER or status >= 500:
        pause_s = _retry_after(head.headers.get("retry-after", ""))
        raise TransferCutError(  # a server that is busy is so for every file
            f"the server answered HTTP {status}",
            pause_s=pause_s,
            is_answered=status not in _BUSY,
        )
    if status in _LOGIN:
        raise FileRefusedError(f"may not be read by this account (HTTP {status})")
    if status in _NO_FILE:
        raise FileRefusedError(f"is not there (HTTP {status})")
    raise FileRefusedError(f"cannot be had (HTTP {status})")


def _require_range(
    file: WantedFile, span: tuple[int, int], head: AnswerHead, *, is_range: bool
) -> None:
    """Make sure that a part is the one that was asked for."""
    found = _RANGE.fullmatch(head.headers.get("content-range", ""))
    is_right = (
        is_range
        and found is not None
        and (int(found[1]), int(found[2]) + 1) == span
        and head.length in {None, span[1] - span[0]}
    )
    if not is_right:
        raise TransferCutError("the answer is not the part that was asked for", is_answered=True)
    if found and found[3] not in {"*", str(file.size_bytes)}:
        raise FileRefusedError(
            f"has {int(found[3]):,} bytes there and should have {file.size_bytes:,}"
        )


def _other_size(file: WantedFile, head: AnswerHead) -> str:
    kind = head.headers.get("content-type", "").partition(";")[0].strip()
    is_page = kind == "text/html" and not file.path.endswith((b".html", b".htm"))
    page = "; it may be the page of a login" if is_page else ""
    of_kind = f" of {kind}" if is_page else ""
    return (
        f"has {head.length or 0:,} bytes{of_kind} there and should have {file.size_bytes:,}{page}"
    )


def _validator(headers: Mapping[str, str]) -> str:
    """Return what If-Range may be asked with: a strong ETag, else the time of the last change."""
    tag = headers.get("etag", "")
    return tag if tag.startswith('"') else headers.get("last-modified", "")


def _retry_after(text: str) -> float | None:
    """Return the seconds of a Retry-After, which may be a date; None where it says nothing."""
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    known = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (known - datetime.now(UTC)).total_seconds())


def _redirected(address: str, location: str) -> str:
    if not location:
        raise FileRefusedError("is redirected to no address")
    target = urljoin(address, quote(location, safe=_ADDRESS_LETTERS))
    if address.startswith("https:") and not target.startswith("https:"):
        raise FileRefusedError("is redirected from https to an address that is not protected")
    return target.partition("#")[0]


def _split(address: str) -> tuple[str, str]:
    """Return the server's part of an address, and the rest."""
    scheme, _, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    if not slash and "?" in host:
        host, _, query = host.partition("?")
        path = f"?{query}"
    return f"{scheme}://{host}", f"/{path}"


def _drain(wire: HttpWire, head: AnswerHead) -> None:
    """Read what is left of an answer, to keep its connection; close it where that is much."""
    if head.length is None or head.length > _MOST_DRAINED_BYTES or head.status in {200, 206}:
        wire.close()
        return
    try:
        scrap = memoryview(bytearray(max(head.length, 1)))
        while wire.readinto(scrap):
            pass
    except TransferCutError:
        wire.close()
