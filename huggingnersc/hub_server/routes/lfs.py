"""Git LFS: the addresses of big files, uploads and downloads."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from huggingnersc.hub_server import json_shapes
from huggingnersc.hub_server.file_response import FileAnswer
from huggingnersc.hub_server.http_error import HttpError, bad_request, too_large
from huggingnersc.hub_server.protocol.lfs_pointer import is_lfs_oid
from huggingnersc.hub_server.protocol.ranges import RangeError, Span, parse_range
from huggingnersc.hub_server.routes.multipart import GATHERED_BYTES, upload_in_parts
from huggingnersc.hub_server.routing import Route
from huggingnersc.hub_server.services import lfs_access
from huggingnersc.hub_server.storage.errors import InvalidOidError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from huggingnersc.hub_server.context import RequestContext
    from huggingnersc.hub_server.session import RepositorySession

MEDIA = "application/vnd.git-lfs+json"
MAX_OBJECTS = 1000


def batch(context: RequestContext) -> Response:
    """`POST .../info/lfs/objects/batch`."""
    _session(context, uploading=False)  # before the body is received
    data = context.json()
    operation, asked = data.get("operation"), data.get("objects")
    if operation not in ("upload", "download") or not isinstance(asked, list):
        raise bad_request("operation must be upload or download, objects a list")
    if len(asked) > MAX_OBJECTS:
        raise too_large("The batch", MAX_OBJECTS)
    session = _session(context, uploading=operation == "upload")
    transfers = data.get("transfers")
    parts = isinstance(transfers, list) and "multipart" in transfers
    answers = [
        _object(context, session, one, uploading=operation == "upload", parts=parts)
        for one in asked
    ]
    found = {"transfer": "basic", "objects": answers, "hash_algo": "sha256"}
    return json_shapes.answer(found, headers={"Content-Type": MEDIA})


def verify(context: RequestContext) -> Response:
    """`POST /_lfs/{id}/{oid}/{size}`: is it here, whole?

    git-lfs brings no token here, since the batch answer said that nothing more is needed.
    """
    lfs_access.require_link(*_admitted(context, "verify"))
    return json_shapes.answer({})


def no_locks(context: RequestContext) -> Response:
    """`POST .../info/lfs/locks/verify`: there are no locks here; git-lfs then continues."""
    _session(context, uploading=True)
    raise HttpError(404, "This Hub has no file locks")


async def put(context: RequestContext) -> Response:
    """`PUT /_lfs/{id}/{oid}/{size}`: the bytes. The ticket in the address is the permission."""
    session, oid, size = await run_in_threadpool(_admitted, context, "put")
    with context.hub.lfs.receive(oid, size) as incoming:
        waiting, held = [], 0
        async for part in context.request.stream():
            waiting.append(part)
            held += len(part)
            if held >= GATHERED_BYTES:
                await run_in_threadpool(incoming.write, b"".join(waiting))
                waiting, held = [], 0
        await run_in_threadpool(incoming.write, b"".join(waiting))
        await run_in_threadpool(incoming.finish)
    await run_in_threadpool(context.hub.links.add, session.storage_id, [(oid, size)])
    return Response(None, 200, {"ETag": f'"{oid}"'})


def get(context: RequestContext) -> Response:
    """`GET /_lfs/{id}/{oid}/{size}`: the bytes, for git-lfs."""
    session, oid, size = _admitted(context, lfs_access.DOWNLOAD)
    lfs_access.require_link(session, oid, size)
    headers = {"Content-Type": "application/octet-stream", "Accept-Ranges": "bytes"}
    try:
        span = parse_range(context.request.headers.get("range"), size)
    except RangeError as error:
        raise HttpError(416, "The range is past the end of the file") from error
    if span is None:
        return FileAnswer(context.hub.lfs.path(oid), Span(0, size), 200, headers)
    headers["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{size}"
    return FileAnswer(context.hub.lfs.path(oid), span, 206, headers)


def address(
    context: RequestContext, session: RepositorySession, action: str, oid: str, size: int
) -> str:
    """Return the address that allows `action` (put, get or verify) on one file for a while."""
    ticket = lfs_access.issue_ticket(session, action, oid, size)
    path = f"/_lfs/{session.storage_id}/{oid}/{size}"
    return f"{context.origin}{path}?ticket={quote(ticket)}&do={action}"


def _session(context: RequestContext, *, uploading: bool) -> RepositorySession:
    try:
        session = context.readable()
        if uploading:
            # Anyone who can read may propose a change, so may upload for it.
            session.require_user()
    except HttpError as error:
        if error.status == 401:
            error.headers["LFS-Authenticate"] = 'Basic realm="HuggingNERSC"'
            error.headers["WWW-Authenticate"] = 'Basic realm="HuggingNERSC"'
        raise
    return session


def _object(
    context: RequestContext,
    session: RepositorySession,
    asked: object,
    *,
    uploading: bool,
    parts: bool,
) -> dict[str, object]:
    if not isinstance(asked, dict):
        raise bad_request("Every object must be of the form {oid, size}")
    oid, size = _oid(asked), asked.get("size")
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise bad_request("The size of an object must be a number of bytes")
    if size > context.hub.limits.lfs_file:
        raise too_large("This file", context.hub.limits.lfs_file)
    shown: dict[str, object] = {"oid": oid, "size": size, "authenticated": True}
    if uploading:
        actions = _upload_actions(context, session, oid, size, parts=parts)
        return {**shown, "actions": actions} if actions else shown
    if context.hub.lfs.size(oid) is None or not context.hub.links.holds(session.storage_id, oid):
        return {**shown, "error": {"code": 404, "message": "Object does not exist"}}
    # git-lfs asks for a new address where this one would expire before its turn.
    href = address(context, session, lfs_access.DOWNLOAD, oid, size)
    download = {"href": href, "expires_in": lfs_access.DOWNLOAD_LIFE_S}
    return {**shown, "actions": {"download": download}}


def _upload_actions(
    context: RequestContext, session: RepositorySession, oid: str, size: int, *, parts: bool
) -> dict[str, object]:
    hub = session.hub
    session.require_user()
    stored = hub.lfs.size(oid)
    if stored == size and lfs_access.link_if_readable(session, oid, size):
        return {}
    upload: dict[str, object] = {"href": address(context, session, "put", oid, size)}
    if parts and size >= hub.limits.multipart_from:
        upload = upload_in_parts(context, session, oid, size)
    return {"upload": upload, "verify": {"href": address(context, session, "verify", oid, size)}}


def _oid(data: Mapping[str, object]) -> str:
    oid = data.get("oid")
    if not is_lfs_oid(oid):
        raise InvalidOidError
    return str(oid)


def _admitted(context: RequestContext, action: str) -> tuple[RepositorySession, str, int]:
    storage_id, oid, size = (context.path_params[key] for key in ("id", "oid", "size"))
    ticket = context.query("ticket") or ""
    session = lfs_access.redeem_ticket(context.hub, ticket, action, storage_id, oid, size)
    return session, oid, int(size)


ROUTES = (
    Route("PUT", "/_lfs/{id}/{oid}/{size}", put),
    Route("POST", "/_lfs/{id}/{oid}/{size}", verify),
    Route("GET", "/_lfs/{id}/{oid}/{size}", get),
    Route("POST", "/{kind=datasets|spaces}/{ns}/{name}/info/lfs/objects/batch", batch),
    Route("POST", "/{ns}/{name}/info/lfs/objects/batch", batch),
    Route("POST", "/{kind=datasets|spaces}/{ns}/{name}/info/lfs/locks/verify", no_locks),
    Route("POST", "/{ns}/{name}/info/lfs/locks/verify", no_locks),
)
