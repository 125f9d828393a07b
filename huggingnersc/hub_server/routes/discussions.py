"""Discussions and pull requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.hub_server.context import text_of
from huggingnersc.hub_server.http_error import HttpError, bad_request, forbidden
from huggingnersc.hub_server.json_shapes import answer, moment
from huggingnersc.hub_server.protocol.client_text import whole_number
from huggingnersc.hub_server.routing import Route
from huggingnersc.hub_server.services import merge as merging
from huggingnersc.hub_server.services import pull_requests
from huggingnersc.hub_server.services.access import may_write

if TYPE_CHECKING:
    from starlette.responses import Response

    from huggingnersc.hub_server.context import RequestContext
    from huggingnersc.hub_server.services.pull_requests import Event, Pull
    from huggingnersc.hub_server.session import RepositorySession

PAGE = 50
MAX_TEXT = 65_536


def listing(context: RequestContext) -> Response:
    """`GET .../discussions`, page `p`."""
    session = context.visible()
    kind, status, author = context.query("type"), context.query("status"), context.query("author")
    found = [
        pull
        for pull in pull_requests.list_pulls(session)
        if (kind in {None, "all"} or pull.is_pull == (kind == "pull_request"))
        and (status in {None, "all"} or (pull.status == "open") == (status == "open"))
        and (author is None or pull.author == author)
    ]
    start = (context.number("p", 1, 10_000) if context.query("p") not in {None, "0"} else 0) * PAGE
    return answer(
        {
            "discussions": [_brief(session, pull) for pull in found[start : start + PAGE]],
            "count": len(found),
            "start": start,
        }
    )


def create(context: RequestContext) -> Response:
    """`POST .../discussions`."""
    session = context.readable()
    session.require_user()
    data = context.json()
    title = text_of(data, "title").strip()
    if not 0 < len(title) <= 200:
        raise bad_request("A title has 1 to 200 characters")
    pull = pull_requests.open_pull(
        session,
        title=title,
        description=_text(data, "description"),
        is_pull=data.get("pullRequest") is True,
    )
    page = f"{context.origin}/{session.record.name.url_path}/discussions/{pull.number}"
    return answer({"num": pull.number, "url": page, "pullRequest": pull.is_pull})


def details(context: RequestContext) -> Response:
    """`GET .../discussions/{number}`."""
    session = context.visible()
    pull = _pull(context, session)
    shown = _brief(session, pull)
    shown["events"] = [_event(item) for item in pull_requests.events(session, pull.number)]
    if pull.is_pull:
        clash = merging.conflicts(session.git, pull) if pull.status == "open" else []
        shown["changes"] = {"base": pull.base}
        if pull.merged_as:
            shown["changes"] = {"base": pull.base, "mergeCommitId": pull.merged_as}
        shown["filesWithConflicts"] = clash
        shown["diff"] = ""
    return answer(shown)


def comment(context: RequestContext) -> Response:
    """`POST .../discussions/{number}/comment`."""
    session = context.readable()
    user, pull = session.require_user(), _pull(context, session)
    data = pull_requests.comment_data(user, _text(context.json(), "comment"))
    made = pull_requests.add_event(session, pull.number, "comment", data)
    return answer({"newMessage": _event(made)})


def edit(context: RequestContext) -> Response:
    """`POST .../discussions/{number}/comment/{id}/edit`: the author's own."""
    session, event = _own_comment(context)
    user = session.require_user()
    data = pull_requests.comment_data(user, _text(context.json(), "content"), edited=True)
    changed = pull_requests.change_event(session, _number(context), event.id, data)
    return answer({"updatedComment": _event(changed)})


def hide(context: RequestContext) -> Response:
    """`POST .../discussions/{number}/comment/{id}/hide`: the author's own."""
    session, event = _own_comment(context)
    data = {**event.data, "hidden": True, "raw": ""}
    changed = pull_requests.change_event(session, _number(context), event.id, data)
    return answer({"updatedComment": _event(changed)})


def title(context: RequestContext) -> Response:
    """`POST .../discussions/{number}/title`."""
    session, pull = _mine(context)
    new = text_of(context.json(), "title").strip()
    if not 0 < len(new) <= 200:
        raise bad_request("A title has 1 to 200 characters")
    pull_requests.set_title(session, pull.number, new)
    data = {"from": pull.title, "to": new}
    made = pull_requests.add_event(session, pull.number, "title-change", data)
    return answer({"newTitle": _event(made)})


def status(context: RequestContext) -> Response:
    """`POST .../discussions/{number}/status`: open or closed."""
    session, pull = _mine(context)
    data = context.json()
    new = text_of(data, "status")
    if new not in {"open", "closed"} or pull.status == "merged":
        raise bad_request("The status can be open or closed, and not after a merge")
    pull_requests.set_status(session, pull.number, new)
    return answer({"newStatus": _event(_status_event(session, pull, new))})


def merge(context: RequestContext) -> Response:
    """`POST .../discussions/{number}/merge`."""
    session = context.writable()
    pull = _pull(context, session)
    if not pull.is_pull or pull.status == "merged":
        raise bad_request("Only a pull request that is not merged yet can be merged")
    sha = merging.merge(session, pull)
    pull_requests.set_status(session, pull.number, "merged", merged_as=sha)
    return answer({"newStatus": _event(_status_event(session, pull, "merged"))})


def _status_event(session: RepositorySession, pull: Pull, new: str) -> Event:
    return pull_requests.add_event(session, pull.number, "status-change", {"status": new})


def _brief(session: RepositorySession, pull: Pull) -> dict[str, object]:
    return {
        "num": pull.number,
        "title": pull.title,
        "author": {"name": pull.author, "type": "user"},
        "status": pull.status,
        "isPullRequest": pull.is_pull,
        "createdAt": moment(pull.created_ms),
        "repo": {"name": session.record.name.repo_id, "type": session.record.name.kind},
    }


def _event(event: Event) -> dict[str, object]:
    shown: dict[str, object] = {
        "id": event.id,
        "type": event.kind,
        "createdAt": moment(event.created_ms),
        "author": {"name": event.author, "type": "user"},
        "data": event.data,
    }
    if event.kind == "comment":
        at = event.data["at_ms"]
        shown["data"] = {
            "edited": event.data["edited"],
            "hidden": event.data["hidden"],
            "latest": {
                "raw": event.data["raw"],
                "html": "",
                "updatedAt": moment(at if isinstance(at, int) else event.created_ms),
                "author": {"name": event.data["by"], "type": "user"},
            },
            "history": [],
        }
    return shown


def _mine(context: RequestContext) -> tuple[RepositorySession, Pull]:
    session = context.readable()
    user, pull = session.require_user(), _pull(context, session)
    if pull.author != user.name and not may_write(user, session.record):
        raise forbidden("Only its author or a writer of the repository may change this")
    return session, pull


def _own_comment(context: RequestContext) -> tuple[RepositorySession, Event]:
    session = context.readable()
    user = session.require_user()
    found = pull_requests.events(session, _number(context))
    event = next(
        (e for e in found if e.id == context.path_params["id"] and e.kind == "comment"), None
    )
    if event is None:
        raise HttpError(404, "There is no such comment")
    if event.author != user.name:
        raise forbidden("Only its author may change a comment")
    return session, event


def _pull(context: RequestContext, session: RepositorySession) -> Pull:
    return pull_requests.find_pull(session, _number(context))


def _number(context: RequestContext) -> int:
    return whole_number(context.path_params["number"]) or 0


def _text(data: dict[str, object], key: str) -> str:
    text = text_of(data, key, "")
    if len(text) > MAX_TEXT:
        raise bad_request(f"{key} is over {MAX_TEXT} characters")
    return text


_HERE = "/api/{kind}/{ns}/{name}/discussions"

ROUTES = (
    Route("GET", _HERE, listing),
    Route("POST", _HERE, create),
    Route("GET", _HERE + "/{number}", details),
    Route("POST", _HERE + "/{number}/comment", comment),
    Route("POST", _HERE + "/{number}/comment/{id}/edit", edit),
    Route("POST", _HERE + "/{number}/comment/{id}/hide", hide),
    Route("POST", _HERE + "/{number}/title", title),
    Route("POST", _HERE + "/{number}/status", status),
    Route("POST", _HERE + "/{number}/merge", merge),
)
