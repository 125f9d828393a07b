"""git over HTTP: clone, fetch and push."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from huggingnersc.adapters.loopback import smart_git
from huggingnersc.adapters.loopback.access import may_write
from huggingnersc.adapters.loopback.faults import Fault, forbidden
from huggingnersc.adapters.loopback.routing import Route
from huggingnersc.adapters.loopback.spooling import spool
from huggingnersc.adapters.loopback.streaming import SpoolAnswer

if TYPE_CHECKING:
    from huggingnersc.adapters.loopback.call import Call
    from huggingnersc.adapters.loopback.registry import RepositoryRecord

REALM = {"WWW-Authenticate": 'Basic realm="HuggingNERSC"'}
NO_CACHE = {"Cache-Control": "no-cache, max-age=0, must-revalidate"}


def advertise(call: Call) -> Response:
    """`GET {repo}[.git]/info/refs?service=...`."""
    service = call.query("service") or ""
    record = _allowed(call, service)
    body = smart_git.advertisement(call.hub, record, service)
    headers = {**NO_CACHE, "Content-Type": f"application/x-{service}-advertisement"}
    return Response(body, headers=headers)


async def serve(call: Call) -> Response:
    """`POST {repo}[.git]/git-upload-pack` or `git-receive-pack`."""
    service = call.request.scope["path"].rsplit("/", 1)[-1]
    record = await run_in_threadpool(_allowed, call, service)
    if call.request.headers.get("content-type") != f"application/x-{service}-request":
        raise Fault(415, f"The body must be application/x-{service}-request")
    packed = call.request.headers.get("content-encoding", "identity")
    if packed not in {"gzip", "x-gzip", "identity"}:
        raise Fault(415, "The body may be packed with gzip only")
    body = await spool(call.request, call.hub.lfs.incoming, call.hub.limits.git_body)
    with body:
        answer = await run_in_threadpool(
            smart_git.exchange, call.hub, record, call.user, service, body, "gzip" in packed
        )
    headers = {**NO_CACHE, "Content-Type": f"application/x-{service}-result"}
    return SpoolAnswer(answer, headers)


def _allowed(call: Call, service: str) -> RepositoryRecord:
    if service not in smart_git.SERVICES:
        raise Fault(403, "Only git-upload-pack and git-receive-pack are served")
    try:
        record = call.readable()
        if service == "git-receive-pack":
            call.require_user()
            if not may_write(call.user, record):
                raise forbidden(f"You have no right to push to {record.name.repo_id}")
    except Fault as fault:
        if fault.status == 401:
            # git sends the token only after it was asked like this.
            fault.headers.update(REALM)
        raise
    return record


ROUTES = tuple(
    Route(method, start + path, handler)
    for start in ("/{kind=datasets}/{ns}/{name}", "/{ns}/{name}")
    for method, path, handler in (
        ("GET", "/info/refs", advertise),
        ("POST", "/git-upload-pack", serve),
        ("POST", "/git-receive-pack", serve),
    )
)
