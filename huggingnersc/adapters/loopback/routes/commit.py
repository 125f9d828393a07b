"""Take a commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

from huggingnersc.adapters.loopback import committing
from huggingnersc.adapters.loopback.faults import revision_missing
from huggingnersc.adapters.loopback.rendering import answer
from huggingnersc.adapters.loopback.routing import Route
from huggingnersc.adapters.loopback.spooling import lines, spool
from huggingnersc.domain.hub.operations import Header

if TYPE_CHECKING:
    from tempfile import SpooledTemporaryFile

    from starlette.responses import Response

    from huggingnersc.adapters.loopback.call import Call
    from huggingnersc.adapters.loopback.registry import RepositoryRecord


async def commit(call: Call) -> Response:
    """`POST .../commit/{rev}`, ndjson: everything in it, or nothing."""
    record = await run_in_threadpool(_allowed, call)
    with await spool(call.request, call.hub.lfs.incoming, call.hub.limits.commit_body) as body:
        return await run_in_threadpool(_commit, call, record, body)


def _allowed(call: Call) -> RepositoryRecord:
    record = call.readable() if call.flag("create_pr") else call.writable()
    call.require_user()
    return record


def _commit(call: Call, record: RepositoryRecord, body: SpooledTemporaryFile[bytes]) -> Response:
    hub, user = call.hub, call.require_user()
    ref = _target(call, record)
    draft = committing.gather(hub, record, user, lines(body, hub.limits.commit_line))
    pull = None
    if call.flag("create_pr"):
        from huggingnersc.adapters.loopback import pulls

        header = draft.header or Header("", "", None)
        pull = pulls.open_pull(
            hub, record, user, title=header.summary, description=header.description, base=ref
        )
        ref = pull.ref
    made = committing.place_on(hub, record, user, draft, ref)
    page = f"{call.origin}/{record.name.url_path}"
    shown = {"success": True, "commitOid": made.sha, "commitUrl": f"{page}/commit/{made.sha}"}
    if pull is not None:
        shown["pullRequestUrl"] = f"{page}/discussions/{pull.number}"
    return answer({**shown, "hookOutput": ""})


def _target(call: Call, record: RepositoryRecord) -> str:
    revision = call.parts["rev"]
    refs = call.hub.repository(record).refs
    ref = revision if revision.startswith("refs/") else f"refs/heads/{revision}"
    if refs.read(ref) is None:
        raise revision_missing(revision)
    return ref


ROUTES = (Route("POST", "/api/{kind}/{ns}/{name}/commit/{rev}", commit),)
