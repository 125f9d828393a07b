"""Is the Hub alive?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.domain.repo_names import RepoKind, RepoName
from huggingnersc.hub_server.json_shapes import answer
from huggingnersc.hub_server.routing import Route

if TYPE_CHECKING:
    from starlette.responses import Response

    from huggingnersc.hub_server.context import RequestContext

_NO_REPOSITORY = RepoName(RepoKind.MODEL, "", "")


def health(context: RequestContext) -> Response:
    """`GET /healthz`: the registry can be read."""
    context.hub.registry.find(_NO_REPOSITORY)
    return answer({"status": "ok"}, headers={"Cache-Control": "no-store"})


ROUTES = (Route("GET", "/healthz", health),)
