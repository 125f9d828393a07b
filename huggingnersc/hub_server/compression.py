"""Answers of text, compressed for clients that ask for it."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

SMALLEST_BYTES = 1024
LARGEST_BYTES = 4 << 20
"""A larger answer, such as a raw file, is sent as it is: 32 MB took 2 s of a processor."""

LEVEL = 5

_TEXTS = frozenset(
    {"application/json", "image/svg+xml", "text/css", "text/html", "text/javascript", "text/plain"}
)


def compressed(response: Response, request: Request) -> Response:
    """Return `response` with its body compressed by gzip where that is allowed and of use.

    Never a part of a file or a file that can be asked for in parts, which clients verify by its
    size; and only what GET returns, so no answer that holds a ticket.
    """
    if not _is_text(response) or request.method not in {"GET", "HEAD"}:
        return response
    if "Accept-Encoding" not in response.headers.get("vary", ""):
        response.headers.add_vary_header("Accept-Encoding")
    if accepts_gzip(request.headers.get("accept-encoding", "")):
        response.body = gzip.compress(response.body, LEVEL, mtime=0)
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = str(len(response.body))
    return response


def accepts_gzip(header: str) -> bool:
    """Return whether an `Accept-Encoding` header allows gzip by its name."""
    for part in header.lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() == "gzip":
            return weight.replace(" ", "").rstrip("0.") not in {"q=", "q"}
    return False


def _is_text(response: Response) -> bool:
    headers = response.headers
    return (
        response.status_code == 200
        and SMALLEST_BYTES <= len(response.body) <= LARGEST_BYTES
        and headers.get("content-type", "").partition(";")[0] in _TEXTS
        and not {"accept-ranges", "content-encoding"} & set(headers)
    )
