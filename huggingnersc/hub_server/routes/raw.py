"""Send a file as git has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from huggingnersc.hub_server.file_response import file_headers
from huggingnersc.hub_server.protocol.media_types import disposition, plain_type
from huggingnersc.hub_server.protocol.ranges import matches
from huggingnersc.hub_server.routing import Route

if TYPE_CHECKING:
    from huggingnersc.hub_server.context import RequestContext


def raw(context: RequestContext) -> Response:
    """`GET|HEAD /[datasets/]{ns}/{name}/raw/{rev}/{path}`: of a big file, its pointer."""
    session = context.readable()
    commit = session.git.resolve(context.path_params["rev"])
    entry = session.git.file(commit, context.path_params["path"])
    headers = {
        **file_headers(context, commit),
        "ETag": f'W/"{entry.oid}"',  # weak, because the text may be compressed
        "Content-Disposition": disposition(entry.path, download=False),
        "Vary": "Accept-Encoding, Authorization",
    }
    if matches(context.request.headers.get("if-none-match"), f'"{entry.oid}"'):
        return Response(None, 304, headers)
    data = session.git.objects.blob(entry.oid)
    return Response(data, headers={**headers, "Content-Type": plain_type(data)})


ROUTES = (
    Route("GET", "/{kind=datasets|spaces}/{ns}/{name}/raw/{rev}/{path*}", raw),
    Route("GET", "/{ns}/{name}/raw/{rev}/{path*}", raw),
)
