"""Branches and tags."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.hub_server.context import text_of
from huggingnersc.hub_server.http_error import bad_request
from huggingnersc.hub_server.json_shapes import answer
from huggingnersc.hub_server.routing import Route
from huggingnersc.hub_server.services import branches as branching

if TYPE_CHECKING:
    from starlette.responses import Response

    from huggingnersc.hub_server.context import RequestContext

_PREFIXES = {
    "branches": "refs/heads/",
    "converts": "refs/convert/",
    "tags": "refs/tags/",
    "pullRequests": "refs/pr/",
}


def refs(context: RequestContext) -> Response:
    """`GET .../refs`."""
    found = context.visible().git.refs.all()
    prefixes = dict(_PREFIXES)
    if not context.flag("include_prs"):
        del prefixes["pullRequests"]
    return answer({kind: _listed(found, prefix) for kind, prefix in prefixes.items()})


def create_branch(context: RequestContext) -> Response:
    """`POST .../branch/{branch}`."""
    session, data = context.writable(), context.json()
    start = data.get("startingPoint")
    if start is not None and not isinstance(start, str):
        raise bad_request("startingPoint must be a string")
    branching.create_branch(
        session,
        context.path_params["branch"],
        start=start or "main",
        empty=data.get("emptyBranch") is True,
    )
    return answer({})


def delete_branch(context: RequestContext) -> Response:
    """`DELETE .../branch/{branch}`."""
    branching.delete_branch(context.writable(), context.path_params["branch"])
    return answer({})


def create_tag(context: RequestContext) -> Response:
    """`POST .../tag/{rev}`."""
    session, data = context.writable(), context.json()
    branching.create_tag(
        session,
        text_of(data, "tag"),
        revision=context.path_params["rev"],
        message=text_of(data, "message", "") if data.get("message") is not None else "",
    )
    return answer({})


def delete_tag(context: RequestContext) -> Response:
    """`DELETE .../tag/{tag}`."""
    branching.delete_tag(context.writable(), context.path_params["tag"])
    return answer({})


def squash(context: RequestContext) -> Response:
    """`POST .../super-squash/{rev}`: the branch becomes one commit without parents."""
    session, data = context.writable(), context.json()
    message = data.get("message")
    branching.squash(
        session,
        context.path_params["rev"],
        message=message if isinstance(message, str) and message.strip() else "Super-squash",
    )
    return answer({})


def _listed(found: dict[str, str], prefix: str) -> list[dict[str, str]]:
    return [
        {"name": ref.removeprefix(prefix), "ref": ref, "targetCommit": sha}
        for ref, sha in found.items()
        if ref.startswith(prefix)
    ]


ROUTES = (
    Route("GET", "/api/{kind}/{ns}/{name}/refs", refs),
    Route("POST", "/api/{kind}/{ns}/{name}/branch/{branch*}", create_branch),
    Route("DELETE", "/api/{kind}/{ns}/{name}/branch/{branch*}", delete_branch),
    Route("POST", "/api/{kind}/{ns}/{name}/tag/{rev}", create_tag),
    Route("DELETE", "/api/{kind}/{ns}/{name}/tag/{tag*}", delete_tag),
    Route("POST", "/api/{kind}/{ns}/{name}/super-squash/{rev}", squash),
)
