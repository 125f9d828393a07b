"""Take a commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

from huggingnersc.hub_server.http_error import revision_missing
from huggingnersc.hub_server.json_shapes import answer
from huggingnersc.hub_server.protocol.operations import Header
from huggingnersc.hub_server.request_body import lines, spool_body
from huggingnersc.hub_server.routing import Route
from huggingnersc.hub_server.services import commits

if TYPE_CHECKING:
    from tempfile import SpooledTemporaryFile

    from starlette.responses import Response

    from huggingnersc.hub_server.context import RequestContext
    from huggingnersc.hub_server.storage.registry import RepositoryRecord


async def commit(call: RequestContext) -> Response:
    """`POST .../commit/{rev}`, ndjson: everything in it, or nothing."""
    record = await run_in_threadpool(_allowed, call)
    with await spool_body(
        call.request, call.hub.lfs.incoming, call.hub.limits.commit_body
    ) as body:
        return await run_in_threadpool(_commit, call, record, body)


def _allowed(call: RequestContext) -> RepositoryRecord:
    record = call.readable() if call.flag("create_pr") else call.writable()
    call.require_user()
    return record


def _commit(
    call: RequestContext, record: RepositoryRecord, body: SpooledTemporaryFile[bytes]
) -> Response:
    hub, user = call.hub, call.require_user()
    ref = _target(call, record)
    draft = commits.gather(hub, record, user, lines(body, hub.limits.commit_line))
    pull = None
    if call.flag("create_pr"):
        from huggingnersc.hub_server.services import pull_requests

        header = draft.header or Header("", "", None)
        pull = pull_requests.open_pull(
            hub, record, user, title=header.summary, description=header.description, base=ref
        )
        ref = pull.ref
    made = commits.apply_commit(hub, record, user, draft, ref)
    page = f"{call.origin}/{record.name.url_path}"
    shown = {"success": True, "commitOid": made.sha, "commitUrl": f"{page}/commit/{made.sha}"}
    if pull is not None:
        shown["pullRequestUrl"] = f"{page}/discussions/{pull.number}"
    return answer({**shown, "hookOutput": ""})


def _target(call: RequestContext, record: RepositoryRecord) -> str:
    revision = call.path_params["rev"]
    refs = call.hub.repository(record).refs
    ref = revision if revision.startswith("refs/") else f"refs/heads/{revision}"
    if refs.read(ref) is None:
        raise revision_missing(revision)
    return ref


ROUTES = (Route("POST", "/api/{kind}/{ns}/{name}/commit/{rev}", commit),)
