"""Send files of any size in constant memory."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from huggingnersc.hub_server.protocol.media_types import SANDBOX
from huggingnersc.hub_server.protocol.ref_names import is_full_sha

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from tempfile import SpooledTemporaryFile

    from starlette.types import Receive, Scope, Send

    from huggingnersc.hub_server.context import RequestContext
    from huggingnersc.hub_server.protocol.ranges import Span
    from huggingnersc.hub_server.storage.values import Commit

CHUNK_BYTES = 1 << 20
SMALL_BYTES = 1 << 18


def file_headers(context: RequestContext, commit: Commit) -> dict[str, str]:
    """Return the headers of every file of a repository: one of a commit is kept for good."""
    is_kept = is_full_sha(context.path_params["rev"])
    return {
        "X-Repo-Commit": commit.sha,
        "Content-Security-Policy": SANDBOX,
        "Cache-Control": f"private, {'max-age=31536000, immutable' if is_kept else 'no-cache'}",
    }


def file_answer(path: Path, span: Span, status: int, headers: Mapping[str, str]) -> Response:
    """Return a part of a file: a small one is read at once, which saves two changes of thread."""
    if span.size_bytes > SMALL_BYTES:
        return FileAnswer(path, span, status, headers)
    with path.open("rb") as stream:
        stream.seek(span.start)
        data = stream.read(span.size_bytes)
    if len(data) < span.size_bytes:
        raise OSError(f"{path.name} is shorter than it was")
    return Response(data, status, dict(headers))


class FileAnswer(Response):
    """A part of a file on disk, read piece by piece while it is sent."""

    def __init__(self, path: Path, span: Span, status: int, headers: Mapping[str, str]) -> None:
        super().__init__(None, status, {**headers, "Content-Length": str(span.size_bytes)})
        self._path = path
        self._span = span

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Send the headers, and the bytes unless only the headers were asked for."""
        start = {"type": "http.response.start", "status": self.status_code}
        if scope["method"] == "HEAD" or self._span.size_bytes == 0:
            await send({**start, "headers": self.raw_headers})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        descriptor = await run_in_threadpool(os.open, self._path, os.O_RDONLY)
        try:
            await send({**start, "headers": self.raw_headers})
            position = self._span.start
            while position < self._span.stop:
                count = min(CHUNK_BYTES, self._span.stop - position)
                data = await run_in_threadpool(os.pread, descriptor, count, position)
                if not data:
                    raise OSError(f"{self._path.name} became shorter while it was sent")
                position += len(data)
                more = position < self._span.stop
                await send({"type": "http.response.body", "body": data, "more_body": more})
        finally:
            os.close(descriptor)


class SpoolAnswer(Response):
    """A finished temporary file, sent piece by piece and closed afterwards."""

    def __init__(self, stream: SpooledTemporaryFile[bytes], headers: Mapping[str, str]) -> None:
        super().__init__(None, 200, dict(headers))
        size = stream.seek(0, os.SEEK_END)
        stream.seek(0)
        self.headers["Content-Length"] = str(size)
        self._stream = stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Send everything."""
        with self._stream:
            start = {"type": "http.response.start", "status": self.status_code}
            await send({**start, "headers": self.raw_headers})
            while data := await run_in_threadpool(self._stream.read, CHUNK_BYTES):
                await send({"type": "http.response.body", "body": data, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
