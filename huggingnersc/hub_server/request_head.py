"""The heads of requests that HTTP forbids, or that no client sends, are refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from huggingnersc.hub_server.http_error import HttpError

if TYPE_CHECKING:
    from starlette.requests import Request

MAX_HEAD_BYTES = 32 << 10
MAX_HEADERS = 200

_HOST = re.compile(r"([\w.-]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?", re.ASCII)


def check_head(request: Request) -> str:
    """Return the name or the address that `Host` names, in lower case; empty without `Host`.

    Raises:
        HttpError: 400 for another version of HTTP, a malformed host, or a body framed in two ways
            (a proxy in front might take the other one); 431 for too many headers.
    """
    headers = request.scope["headers"]
    size = sum(len(name) + len(value) for name, value in headers)
    if size > MAX_HEAD_BYTES or len(headers) > MAX_HEADERS:
        raise _refused(431, "The head of the request is too large")
    version = request.scope.get("http_version", "1.1")
    if version not in {"1.0", "1.1"}:
        raise _refused(400, "This Hub speaks HTTP/1.1")
    if "transfer-encoding" in request.headers and (
        version == "1.0" or "content-length" in request.headers
    ):
        raise _refused(400, "The length of the body is ambiguous")
    host = _HOST.fullmatch(request.headers.get("host", ""))
    if host is None:
        raise _refused(400, "The Host header is malformed")
    return host[1].lower()


def _refused(status: int, message: str) -> HttpError:
    return HttpError(status, message, headers={"Connection": "close"})
