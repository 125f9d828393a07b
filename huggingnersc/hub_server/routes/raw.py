"""Send a file as git has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from huggingnersc.hub_server.protocol.media_types import SANDBOX, disposition, plain_type
from huggingnersc.hub_server.protocol.ranges import matches
from huggingnersc.hub_server.protocol.ref_names import is_full_sha
from huggingnersc.hub_server.routing import Route
from huggingnersc.hub_server.storage.errors import EntryMissingError

if TYPE_CHECKING:
    from huggingnersc.hub_server.context import RequestContext


def raw(context: RequestContext) -> Response:
    """`GET|HEAD /[datasets/]{ns}/{name}/raw/{rev}/{path}`: of a big file, its pointer."""
    session = context.readable()
    commit = session.git.resolve(context.path_params["rev"])
    path = context.path_params["path"]
    entry = session.git.find(commit, path)
    if entry is None or entry.is_folder:
        raise EntryMissingError(path, commit=commit.sha)
    for_good = is_full_sha(context.path_params["rev"])
    headers = {
        "ETag": f'W/"{entry.oid}"',  # weak, because the text may be compressed
        "X-Repo-Commit": commit.sha,
        "Content-Disposition": disposition(path, download=False),
        "Content-Security-Policy": SANDBOX,
        "Cache-Control": "private, max-age=31536000, immutable" if for_good else _ASK_AGAIN,
        "Vary": "Accept-Encoding, Authorization",
    }
    if matches(context.request.headers.get("if-none-match"), f'"{entry.oid}"'):
        return Response(None, 304, headers)
    data = session.git.objects.blob(entry.oid)
    return Response(data, headers={**headers, "Content-Type": plain_type(data)})


_ASK_AGAIN = "private, no-cache"

ROUTES = (
    Route("GET", "/{kind=datasets|spaces}/{ns}/{name}/raw/{rev}/{path*}", raw),
    Route("GET", "/{ns}/{name}/raw/{rev}/{path*}", raw),
)
