"""Request bodies of any size, in constant memory."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

from huggingnersc.hub_server.http_error import too_large

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from tempfile import SpooledTemporaryFile

    from starlette.requests import Request

SMALL_BYTES = 64 << 10  # kept in memory, and received before the handler has checked anything


class BodyNotReceivedError(Exception):
    """A handler asked for a body that has not been received."""


def is_small(request: Request) -> bool:
    """Return whether the body is announced to have at most `SMALL_BYTES`."""
    if "transfer-encoding" in request.headers:
        return False
    announced = request.headers.get("content-length", "0")
    return announced.isdecimal() and int(announced) <= SMALL_BYTES


def has_body(request: Request) -> bool:
    """Return whether a body is announced."""
    return "transfer-encoding" in request.headers or "content-length" in request.headers


async def spool_body(request: Request, folder: Path, limit: int) -> SpooledTemporaryFile[bytes]:
    """Return the body as a file rewound to its beginning; small ones stay in memory.

    The caller closes it. Raises: HttpError: 413 as soon as the body is over `limit` bytes.
    """
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > limit:
        raise too_large("The body", limit)
    stream = tempfile.SpooledTemporaryFile(SMALL_BYTES, dir=str(folder))  # noqa: SIM115
    try:
        waiting, size = bytearray(), 0
        async for part in request.stream():
            size += len(part)
            if size > limit:
                raise too_large("The body", limit)
            waiting += part
            if len(waiting) > SMALL_BYTES:
                await run_in_threadpool(stream.write, waiting)
                waiting = bytearray()
        stream.write(waiting)
        stream.seek(0)
    except BaseException:
        stream.close()
        raise
    return stream


def lines(stream: SpooledTemporaryFile[bytes], limit: int) -> Iterator[bytes]:
    """Yield the lines of a body. Raises: HttpError: 413 for a line over `limit` bytes."""
    while line := stream.readline(limit + 1):
        if len(line) > limit:
            raise too_large("One file of the commit", limit)
        yield line
