"""Send a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from huggingnersc.hub_server.file_response import file_answer, file_headers
from huggingnersc.hub_server.http_error import HttpError, repository_missing
from huggingnersc.hub_server.protocol.media_types import disposition, media_type
from huggingnersc.hub_server.protocol.ranges import (
    RangeError,
    Span,
    matches,
    parse_range,
    range_allowed,
)
from huggingnersc.hub_server.routing import Route

if TYPE_CHECKING:
    from huggingnersc.hub_server.context import RequestContext
    from huggingnersc.hub_server.session import RepositorySession
    from huggingnersc.hub_server.storage.values import Commit, TreeEntry


def resolve(context: RequestContext) -> Response:
    """`GET|HEAD /[datasets/]{ns}/{name}/resolve/{rev}/{path}`, whole, in part, or not modified."""
    session = context.readable()
    commit = session.git.resolve(context.path_params["rev"])
    entry = session.git.file(commit, context.path_params["path"])
    headers = _headers(context, commit, entry)
    if matches(context.request.headers.get("if-none-match"), headers["ETag"]):
        return Response(None, 304, headers)
    span = _span(context, entry, headers)
    status = 200 if span is None else 206
    if span is not None:
        headers["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{entry.size_bytes}"
    if _is_download(context, span):
        context.hub.downloads.note(session.storage_id, _client(context))
    return _content(context, session, entry, span or Span(0, entry.size_bytes), status, headers)


def no_namespace(context: RequestContext) -> Response:
    """`/{name}/resolve/...`: no repository has a name of one part."""
    raise repository_missing(anonymous=context.user is None)


def _headers(context: RequestContext, commit: Commit, entry: TreeEntry) -> dict[str, str]:
    etag = f'"{entry.lfs.oid if entry.lfs else entry.oid}"'
    headers = {
        **file_headers(context, commit),
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Content-Type": media_type(entry.path),
        "Content-Disposition": disposition(entry.path, download=context.flag("download")),
    }
    if entry.lfs:
        headers["X-Linked-Etag"] = etag
        headers["X-Linked-Size"] = str(entry.size_bytes)
    return headers


def _span(context: RequestContext, entry: TreeEntry, headers: dict[str, str]) -> Span | None:
    asked = context.request.headers
    if not range_allowed(asked.get("if-range"), headers["ETag"]):
        return None
    try:
        return parse_range(asked.get("range"), entry.size_bytes)
    except RangeError as error:
        total = {"Content-Range": f"bytes */{entry.size_bytes}"}
        raise HttpError(416, "The range is past the end of the file", headers=total) from error


def _content(
    context: RequestContext,
    session: RepositorySession,
    entry: TreeEntry,
    span: Span,
    status: int,
    headers: dict[str, str],
) -> Response:
    if entry.lfs is None:
        if context.request.method == "HEAD":
            return Response(None, status, {**headers, "Content-Length": str(span.size_bytes)})
        data = session.git.objects.blob(entry.oid)
        return Response(data[span.start : span.stop], status, headers)
    stored = session.hub.lfs.size(entry.lfs.oid)
    if stored != entry.size_bytes or not session.hub.links.holds(
        session.storage_id, entry.lfs.oid
    ):
        raise HttpError(
            404,
            f"{entry.path} points at a big file that was not uploaded",
            code="EntryNotFound",
        )
    return file_answer(session.hub.lfs.path(entry.lfs.oid), span, status, headers)


def _is_download(context: RequestContext, span: Span | None) -> bool:
    # A picture in a card is viewed, not downloaded; only browsers send this header.
    looked_at = context.request.headers.get("sec-fetch-dest") == "image"
    return context.request.method == "GET" and not looked_at and (span is None or span.start == 0)


def _client(context: RequestContext) -> str:
    if context.user is not None:
        return context.user.name
    address = context.request.client
    return address.host if address else ""


ROUTES = (
    Route("GET", "/{kind=datasets|spaces}/{ns}/{name}/resolve/{rev}/{path*}", resolve),
    Route("GET", "/{ns}/{name}/resolve/{rev}/{path*}", resolve),
    Route("GET", "/{name}/resolve/{rev}/{path*}", no_namespace),
)
