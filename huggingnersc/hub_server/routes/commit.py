"""Receive a commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

from huggingnersc.hub_server.json_shapes import answer
from huggingnersc.hub_server.protocol.operations import Header
from huggingnersc.hub_server.request_body import lines, spool_body
from huggingnersc.hub_server.routing import Route
from huggingnersc.hub_server.services import commits, pull_requests
from huggingnersc.hub_server.storage.errors import RevisionMissingError

if TYPE_CHECKING:
    from tempfile import SpooledTemporaryFile

    from starlette.responses import Response

    from huggingnersc.hub_server.context import RequestContext
    from huggingnersc.hub_server.session import RepositorySession


async def commit(context: RequestContext) -> Response:
    """`POST .../commit/{rev}`, ndjson: everything in it, or nothing."""
    session = await run_in_threadpool(_allowed, context)
    with await spool_body(
        context.request, context.hub.lfs.incoming, context.hub.limits.commit_body
    ) as body:
        return await context.in_thread(_commit, context, session, body)


def _allowed(context: RequestContext) -> RepositorySession:
    session = context.readable() if context.flag("create_pr") else context.writable()
    session.require_user()
    return session


def _commit(
    context: RequestContext, session: RepositorySession, body: SpooledTemporaryFile[bytes]
) -> Response:
    ref = _target(session, context.path_params["rev"])
    pending = commits.gather(session, lines(body, session.hub.limits.commit_line))
    pull = None
    if context.flag("create_pr"):
        header = pending.header or Header("", "", None)
        pull = pull_requests.open_pull(
            session, title=header.summary, description=header.description, base=ref
        )
        ref = pull.ref
    made = commits.apply_commit(session, pending, ref)
    page = f"{context.origin}/{session.record.name.url_path}"
    shown = {"success": True, "commitOid": made.sha, "commitUrl": f"{page}/commit/{made.sha}"}
    if pull is not None:
        shown["pullRequestUrl"] = f"{page}/discussions/{pull.number}"
    return answer({**shown, "hookOutput": ""})


def _target(session: RepositorySession, revision: str) -> str:
    ref = revision if revision.startswith("refs/") else f"refs/heads/{revision}"
    if session.git.refs.read(ref) is None:
        raise RevisionMissingError(revision)
    return ref


ROUTES = (Route("POST", "/api/{kind}/{ns}/{name}/commit/{rev}", commit),)
