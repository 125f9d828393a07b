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

IN_MEMORY_BYTES = 4 << 20


async def spool_body(request: Request, folder: Path, limit: int) -> SpooledTemporaryFile[bytes]:
    """Return the body as a file rewound to its beginning; small ones stay in memory.

    The caller closes it. Raises: HttpError: 413 as soon as the body is over `limit` bytes.
    """
    announced = request.headers.get("content-length", "0")
    if announced.isdigit() and int(announced) > limit:
        raise too_large("The body", limit)
    stream = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES, dir=str(folder))  # noqa: SIM115
    try:
        size = 0
        async for part in request.stream():
            size += len(part)
            if size > limit:
                raise too_large("The body", limit)
            if size <= IN_MEMORY_BYTES:
                stream.write(part)
            else:
                await run_in_threadpool(stream.write, part)
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
