"""Which address shows which page.

The views bring parsers of Markdown, code and notebooks with them, so they are imported for the
first browser that comes: a server that only answers clients starts without them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.hub_server.routing import Route

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.responses import Response

    from huggingnersc.hub_server.context import RequestContext
    from huggingnersc.hub_server.routing import Handler

SITE = {
    "/": "home",
    "/robots.txt": "robots",
    "/favicon.ico": "favicon",
    "/-/{file}": "static",
    "/datasets": "datasets",
    "/models": "models",
    "/spaces": "spaces",
    "/{ns}": "owner",
}
REPOSITORY = {
    "": "card",
    "/tree/{rev}": "tree",
    "/tree/{rev}/{path*}": "tree",
    "/blob/{rev}/{path*}": "blob",
    "/figure/{rev}/{path*}": "figure",
    "/data": "data",
    "/data/{rev}": "data",
    "/data/{rev}/{table}": "data",
    "/data-files/{rev}": "data_files",
    "/thumbnail/{rev}/{place}/{path*}": "thumbnail",
    "/commits/{rev}": "commits",
    "/commit/{rev}": "commit",
    "/discussions": "discussions",
    "/discussions/{number}": "discussion",
}
"""Below a repository's address; the values are the names of functions in `views`."""


def _shown_by(view: str) -> Handler:
    def show(context: RequestContext) -> Response:
        from huggingnersc.hub_server.web import views

        answer: Response = getattr(views, view)(context)
        return answer

    return show


def _routes() -> Iterator[Route]:
    for pattern, view in SITE.items():
        yield Route("GET", pattern, _shown_by(view))
    for start in ("/{kind=datasets|models|spaces}/{ns}/{name}", "/{ns}/{name}"):
        for pattern, view in REPOSITORY.items():
            yield Route("GET", start + pattern, _shown_by(view))
    yield Route("GET", "/{path*}/", _shown_by("without_slash"))


ROUTES = tuple(_routes())
