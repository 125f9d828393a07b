"""List and search models and datasets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.adapters.loopback.access import seen_namespaces
from huggingnersc.adapters.loopback.rendering import answer, repository
from huggingnersc.adapters.loopback.routing import Route
from huggingnersc.adapters.loopback.searching import Search, search
from huggingnersc.domain.hub.cursor import next_link

if TYPE_CHECKING:
    from starlette.responses import Response

    from huggingnersc.adapters.loopback.call import Call
    from huggingnersc.adapters.loopback.registry import RepositoryRecord

_BRIEF = (
    "_id id modelId author gated disabled private lastModified likes downloads trendingScore "
    "tags createdAt library_name pipeline_tag"
)
_FULL = ("sha", "cardData")


def listing(call: Call) -> Response:
    """`GET /api/{kind}`."""
    call.hub.downloads.flush()
    page = search(call.hub.registry, _wanted(call))
    headers = {}
    if page.cursor is not None:
        headers["Link"] = next_link(call.url, call.raw_query, page.cursor)
    return answer([_shown(call, record) for record in page.records], headers=headers)


def _wanted(call: Call) -> Search:
    tags = [tag for value in call.query_all("filter") for tag in value.split(",") if tag]
    words = [word for value in call.query_all("search") for word in value.split()]
    gated = call.query("gated")
    for key in ("pipeline_tag", "library", "language"):
        tags += [value for value in call.query_all(key) if value]
    return Search(
        kind=call.kind(),
        namespaces=seen_namespaces(call.user),
        author=call.query("author"),
        words=tuple(words[:10]),
        tags=tuple(tags[:20]),
        gated=None if gated is None else gated.lower() in {"true", "1"},
        sort=call.query("sort") or "trendingScore",
        ascending=call.query("direction") == "1",
        limit=call.number("limit", 100, 1000),
        cursor=call.query("cursor"),
    )


def _shown(call: Call, record: RepositoryRecord) -> dict[str, object]:
    everything = repository(record)
    expand = call.query_all("expand")
    if expand:
        keys = {"id", "_id", *expand}
    else:
        keys = set(_BRIEF.split())
        keys |= set(_FULL) if call.flag("full") else set()
        keys |= {"cardData"} if call.flag("cardData") else set()
    shown = {key: value for key, value in everything.items() if key in keys}
    if call.flag("full"):
        shown["siblings"] = []
    return shown


ROUTES = (Route("GET", "/api/{kind}", listing),)
