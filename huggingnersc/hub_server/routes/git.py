"""git over HTTP: clone, fetch and push."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from huggingnersc.hub_server.file_response import SpoolAnswer
from huggingnersc.hub_server.http_error import HttpError, forbidden
from huggingnersc.hub_server.request_body import spool_body
from huggingnersc.hub_server.routing import Route
from huggingnersc.hub_server.services import smart_git
from huggingnersc.hub_server.services.access import may_write

if TYPE_CHECKING:
    from huggingnersc.hub_server.context import RequestContext
    from huggingnersc.hub_server.session import RepositorySession

REALM = {"WWW-Authenticate": 'Basic realm="HuggingNERSC"'}
NO_CACHE = {"Cache-Control": "no-cache, max-age=0, must-revalidate"}


def advertise(context: RequestContext) -> Response:
    """`GET {repo}[.git]/info/refs?service=...`."""
    service = context.query("service") or ""
    body = smart_git.advertisement(_allowed(context, service), service)
    headers = {**NO_CACHE, "Content-Type": f"application/x-{service}-advertisement"}
    return Response(body, headers=headers)


async def serve(context: RequestContext) -> Response:
    """`POST {repo}[.git]/git-upload-pack` or `git-receive-pack`."""
    service = context.request.scope["path"].rsplit("/", 1)[-1]
    session = await run_in_threadpool(_allowed, context, service)
    if context.request.headers.get("content-type") != f"application/x-{service}-request":
        raise HttpError(415, f"The body must be application/x-{service}-request")
    packed = context.request.headers.get("content-encoding", "identity")
    if packed not in {"gzip", "x-gzip", "identity"}:
        raise HttpError(415, "The body may be packed with gzip only")
    limit = smart_git.body_limit(context.hub, service)
    body = await spool_body(context.request, context.hub.lfs.incoming, limit)
    with body:
        answer = await context.in_thread(
            smart_git.exchange, session, service, body, "gzip" in packed
        )
    headers = {**NO_CACHE, "Content-Type": f"application/x-{service}-result"}
    return SpoolAnswer(answer, headers)


def _allowed(context: RequestContext, service: str) -> RepositorySession:
    if service not in smart_git.SERVICES:
        raise HttpError(403, "Only git-upload-pack and git-receive-pack are served")
    try:
        session = context.readable()
        if service == "git-receive-pack":
            session.require_user()
            if not may_write(session.user, session.record):
                raise forbidden(f"You have no right to push to {session.record.name.repo_id}")
    except HttpError as error:
        if error.status == 401:
            # git sends the token only after it was asked like this.
            error.headers.update(REALM)
        raise
    return session


ROUTES = tuple(
    Route(method, start + path, handler)
    for start in ("/{kind=datasets|spaces}/{ns}/{name}", "/{ns}/{name}")
    for method, path, handler in (
        ("GET", "/info/refs", advertise),
        ("POST", "/git-upload-pack", serve),
        ("POST", "/git-receive-pack", serve),
    )
)
