"""Requests for access to gated repositories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.hub_server.context import text_of
from huggingnersc.hub_server.http_error import HttpError, bad_request
from huggingnersc.hub_server.json_shapes import answer, moment
from huggingnersc.hub_server.routing import Route
from huggingnersc.hub_server.services import gating

if TYPE_CHECKING:
    from starlette.responses import Response

    from huggingnersc.hub_server.context import RequestContext

STATES = frozenset({"pending", "accepted", "rejected"})


def ask(context: RequestContext) -> Response:
    """`POST .../ask-access`: accepted at once where the gate is automatic."""
    session = context.visible()
    user, gated = session.require_user(), session.record.gated
    if not gated:
        raise bad_request("This repository is not gated")
    if gating.status_of(session, user.name) is None:
        gating.set_status(session, user.name, "accepted" if gated == "auto" else "pending")
    return answer({"status": gating.status_of(session, user.name)})


def listing(context: RequestContext) -> Response:
    """`GET .../user-access-request/{status}`."""
    session, status = context.owned(), context.path_params["status"]
    if status not in STATES:
        raise bad_request("The status is pending, accepted or rejected")
    shown = []
    for name, asked_ms in gating.requests(session, status):
        user = context.hub.accounts.user(name)
        shown.append(
            {
                "requestId": name,
                "user": {
                    "user": user.name if user else name,
                    "fullname": user.fullname if user else name,
                },
                "status": status,
                "timestamp": moment(asked_ms),
            }
        )
    return answer(shown)


def handle(context: RequestContext) -> Response:
    """`POST .../user-access-request/handle`: accept, reject or put back to pending."""
    session, data = context.owned(), context.json()
    status = text_of(data, "status")
    name = data.get("user") or data.get("requestId")
    if status not in STATES or not isinstance(name, str):
        raise bad_request("Give a user and a status: pending, accepted or rejected")
    present = gating.status_of(session, name)
    if present is None:
        raise HttpError(404, f"{name[:100]} has not asked for access")
    if present == status:
        raise HttpError(404, f"The request of {name[:100]} is {status} already")
    gating.set_status(session, name, status)
    return answer({})


def grant(context: RequestContext) -> Response:
    """`POST .../user-access-request/grant`: accept a user who did not ask."""
    session, name = context.owned(), text_of(context.json(), "user")
    if not session.record.gated:
        raise bad_request("This repository is not gated")
    if context.hub.accounts.user(name) is None:
        raise HttpError(404, f"There is no user {name[:100]!r}")
    if gating.status_of(session, name) == "accepted":
        raise bad_request(f"{name} has access already")
    gating.set_status(session, name, "accepted")
    return answer({})


_HERE = "/api/{kind}/{ns}/{name}"

ROUTES = (
    Route("POST", _HERE + "/ask-access", ask),
    Route("POST", _HERE + "/user-access-request/handle", handle),
    Route("POST", _HERE + "/user-access-request/grant", grant),
    Route("GET", _HERE + "/user-access-request/{status}", listing),
)
