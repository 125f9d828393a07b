"""Uploads of very big files in parts."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import quote
from uuid import uuid4

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from huggingnersc.hub_server.http_error import HttpError, bad_request
from huggingnersc.hub_server.json_shapes import answer
from huggingnersc.hub_server.protocol.client_text import whole_number
from huggingnersc.hub_server.routing import Route
from huggingnersc.hub_server.services.lfs_access import issue_ticket, redeem_ticket

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.hub_server.context import RequestContext
    from huggingnersc.hub_server.session import RepositorySession

GATHERED_BYTES = 1 << 20


def upload_in_parts(
    context: RequestContext, session: RepositorySession, oid: str, size: int
) -> dict[str, object]:
    """Return the `upload` action of a batch answer: one address per part, one to finish at."""
    upload_id, part_bytes = uuid4().hex, context.hub.limits.part
    count = -(-size // part_bytes)
    base = f"{context.origin}/_lfs/parts/{session.storage_id}/{oid}/{size}/{upload_id}"

    def address(name: str, number: int) -> str:
        ticket = issue_ticket(session, "part", oid, size, upload_id, number)
        return f"{base}/{name}?ticket={quote(ticket)}"

    header = {"chunk_size": str(part_bytes)}
    header.update({f"{n:05d}": address(str(n), n) for n in range(1, count + 1)})
    return {"href": address("done", 0), "header": header}


async def put_part(context: RequestContext) -> Response:
    """`PUT` of one part, written at its place in the whole."""
    number = whole_number(context.path_params["number"]) or -1  # the ticket of 0 is to finish
    _, path, size = await run_in_threadpool(_admitted, context, number)
    part_bytes = context.hub.limits.part
    position = (number - 1) * part_bytes
    stop = min(position + part_bytes, size)
    descriptor = await run_in_threadpool(os.open, path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        waiting: list[bytes] = []
        held = 0
        async for data in context.request.stream():
            waiting.append(data)
            held += len(data)
            if position + held > stop:
                raise HttpError(422, "A part is larger than announced")
            if held >= GATHERED_BYTES:
                position += await run_in_threadpool(_write, descriptor, waiting, position)
                waiting, held = [], 0
        position += await run_in_threadpool(_write, descriptor, waiting, position)
    finally:
        os.close(descriptor)
    if position != stop:
        raise HttpError(422, "A part is smaller than announced")
    return Response(None, 200, {"ETag": f'"{number}-{stop}"'})


def finish(context: RequestContext) -> Response:
    """`POST .../done`: put the parts together, check, and keep the file."""
    session, path, size = _admitted(context, 0)
    oid, parts = context.path_params["oid"], context.json().get("parts")
    if not isinstance(parts, list):
        raise bad_request("parts must be a list")
    try:
        context.hub.lfs.keep(path, oid, size)
    except FileNotFoundError as error:
        raise HttpError(404, "No part of this upload has arrived") from error
    context.hub.links.add(session.storage_id, [(oid, size)])
    return answer({"success": True})


def _admitted(context: RequestContext, number: int) -> tuple[RepositorySession, Path, int]:
    place = context.path_params
    file = (place["oid"], place["size"], place["upload"], number)
    ticket = context.query("ticket") or ""
    session = redeem_ticket(context.hub, ticket, "part", place["id"], *file)
    return session, context.hub.lfs.incoming / f"parts-{place['upload']}", int(place["size"])


def _write(descriptor: int, parts: list[bytes], position: int) -> int:
    data = memoryview(b"".join(parts))
    done = 0
    while done < len(data):
        done += os.pwrite(descriptor, data[done:], position + done)
    return done


_HERE = "/_lfs/parts/{id}/{oid}/{size}/{upload}"

ROUTES = (
    Route("POST", _HERE + "/done", finish),
    Route("PUT", _HERE + "/{number}", put_part),
)
