"""The pages of a Hub on this machine, as a browser without an account gets them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from huggingnersc.errors import HubUnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_PAGE_BYTES = 64 << 20
_TIMEOUT_S = 120


@dataclass(frozen=True, slots=True)
class ReadPage:
    """What a Hub serves at an address.

    Attributes:
        media_type: such as `text/html`, without parameters.
        content: all of it.
    """

    media_type: str
    content: bytes

    @property
    def is_html(self) -> bool:
        """Whether it is a page."""
        return self.media_type == "text/html"


class PageReader:
    """A connection to a Hub that is kept open."""

    def __init__(self, connection: HTTPConnection) -> None:
        self._connection = connection

    def read(self, address: str) -> ReadPage | None:
        """Return what is at an address; None where nothing is, or more than `MAX_PAGE_BYTES`.

        Args:
            address: a path from the root of the Hub, percent-encoded, with its query.

        Raises:
            HubUnreachableError: the Hub does not answer.
        """
        try:
            self._connection.request("GET", address, headers={"Accept": "text/html, */*"})
            answer = self._connection.getresponse()
            content = answer.read(MAX_PAGE_BYTES + 1)
            if len(content) > MAX_PAGE_BYTES:
                self._connection.close()
        except (OSError, HTTPException, UnicodeError) as error:
            raise HubUnreachableError(
                f"The temporary Hub did not answer for {address}: {error}.",
                hint="Run the same command again.",
            ) from error
        if answer.status != 200 or len(content) > MAX_PAGE_BYTES:
            return None
        return ReadPage(answer.headers.get_content_type(), content)


@contextmanager
def page_reader(endpoint: str) -> Iterator[PageReader]:
    """Yield a reader of the Hub at `endpoint`, an http address of this machine."""
    connection = HTTPConnection(urlsplit(endpoint).netloc, timeout=_TIMEOUT_S)
    try:
        yield PageReader(connection)
    finally:
        connection.close()
