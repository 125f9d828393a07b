"""The history of a repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.hub_server import json_shapes
from huggingnersc.hub_server.http_error import bad_request
from huggingnersc.hub_server.protocol.cursor import next_link, read_cursor, write_cursor
from huggingnersc.hub_server.routing import Route
from huggingnersc.hub_server.storage.history import page

if TYPE_CHECKING:
    from starlette.responses import Response

    from huggingnersc.hub_server.context import RequestContext

PAGE = 50


def commits(context: RequestContext) -> Response:
    """`GET .../commits/{rev}[/{path}]`: newest first, one page."""
    repository = context.visible().git
    start, skip = context.path_params["rev"], 0
    if (text := context.query("cursor")) is not None:
        position = read_cursor(text, str, int)
        if position is None:
            raise bad_request("This cursor was not issued by this Hub")
        start, skip = str(position[0]), int(position[1])
    first = repository.resolve(start)
    limit = context.number("limit", PAGE, 1000)
    history = repository.history(first, context.path_params.get("path", "").strip("/"))
    found, more = page(history, skip=skip, limit=limit)
    headers = {}
    if more:
        cursor = write_cursor(first.sha, skip + limit)
        headers["Link"] = next_link(context.url, context.raw_query, cursor)
    formatted = "formatted" in context.query_all("expand")
    shown = [json_shapes.commit(item, formatted=formatted) for item in found]
    return json_shapes.answer(shown, headers=headers)


ROUTES = (
    Route("GET", "/api/{kind}/{ns}/{name}/commits/{rev}/{path*}", commits),
    Route("GET", "/api/{kind}/{ns}/{name}/commits/{rev}", commits),
)
