"""List and search repositories of a kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.hub_server.json_shapes import answer, repository
from huggingnersc.hub_server.protocol.cursor import next_link
from huggingnersc.hub_server.routing import Route
from huggingnersc.hub_server.services.access import seen_namespaces
from huggingnersc.hub_server.services.search import Search, search

if TYPE_CHECKING:
    from starlette.responses import Response

    from huggingnersc.hub_server.context import RequestContext
    from huggingnersc.hub_server.storage.registry import RepositoryRecord

_BRIEF = (
    "_id id modelId author gated disabled private lastModified likes downloads trendingScore "
    "tags createdAt library_name pipeline_tag sdk"
)
_FULL = ("sha", "cardData")


def listing(context: RequestContext) -> Response:
    """`GET /api/{kind}`."""
    context.hub.downloads.flush()
    page = search(context.hub.registry, _search_of(context))
    headers = {}
    if page.cursor is not None:
        headers["Link"] = next_link(context.url, context.raw_query, page.cursor)
    return answer([_shown(context, record) for record in page.records], headers=headers)


def _search_of(context: RequestContext) -> Search:
    tags = [tag for value in context.query_all("filter") for tag in value.split(",") if tag]
    words = [word for value in context.query_all("search") for word in value.split()]
    gated = context.query("gated")
    for key in ("pipeline_tag", "library", "language"):
        tags += [value for value in context.query_all(key) if value]
    return Search(
        kind=context.kind(),
        namespaces=seen_namespaces(context.user),
        author=context.query("author"),
        words=tuple(words[:10]),
        tags=tuple(tags[:20]),
        gated=None if gated is None else gated.lower() in {"true", "1"},
        sort=context.query("sort") or "trendingScore",
        ascending=context.query("direction") == "1",
        limit=context.number("limit", 100, 1000),
        cursor=context.query("cursor"),
    )


def _shown(context: RequestContext, record: RepositoryRecord) -> dict[str, object]:
    everything = repository(record)
    expand = context.query_all("expand")
    if expand:
        keys = {"id", "_id", *expand}
    else:
        keys = set(_BRIEF.split())
        keys |= set(_FULL) if context.flag("full") else set()
        keys |= {"cardData"} if context.flag("cardData") else set()
    shown = {key: value for key, value in everything.items() if key in keys}
    if context.flag("full"):
        shown["siblings"] = []
    return shown


ROUTES = (Route("GET", "/api/{kind}", listing),)
