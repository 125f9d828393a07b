"""Which address shows which page."""

from __future__ import annotations

from functools import partial, wraps
from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from huggingnersc.adapters.loopback.faults import Fault
from huggingnersc.adapters.loopback.pages.cards import card_page
from huggingnersc.adapters.loopback.pages.files import figure, file_page, tree_page
from huggingnersc.adapters.loopback.pages.histories import commit_page, history_page
from huggingnersc.adapters.loopback.pages.lists import home_page, list_page, owner_page
from huggingnersc.adapters.loopback.pages.rendering import (
    SECURITY_HEADERS,
    page_answer,
    static_answer,
)
from huggingnersc.adapters.loopback.pages.visits import visit
from huggingnersc.domain.hub.pages.page_request import OwnerRequest, RepoRequest, read_request
from huggingnersc.domain.hub.pages.troubles import trouble_page
from huggingnersc.domain.hub.repo_names import RepoKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from huggingnersc.adapters.loopback.hub import HubState

    Endpoint = Callable[[Request], Response]


def page_routes(hub: HubState) -> list[Route]:
    """Give the routes of the pages; the last one takes every address that is left.

    They belong behind all other routes of the server.
    """
    return [
        _route("/-/{name}", _static),
        _route("/", partial(_home, hub)),
        _route("/datasets", partial(_list, hub, RepoKind.DATASET)),
        _route("/models", partial(_list, hub, RepoKind.MODEL)),
        _route("/{path:path}", partial(_page, hub)),
    ]


def trouble_answer(fault: Fault, request: Request) -> Response:
    """Give `fault` as a page that says what happened and what may help."""
    page = trouble_page(fault.status, fault.message, code=fault.code or "")
    answer = page_answer("error.html", page, request, status=page.status)
    answer.headers.update(fault.headers)
    return answer


def _route(path: str, endpoint: Endpoint) -> Route:
    @wraps(endpoint)
    def guarded(request: Request) -> Response:
        try:
            return endpoint(request)
        except Fault as fault:
            return trouble_answer(fault, request)

    return Route(path, guarded, methods=["GET"])


def _static(request: Request) -> Response:
    try:
        return static_answer(request.path_params["name"], request)
    except KeyError as error:
        raise Fault(404, "There is no such file") from error


def _home(hub: HubState, request: Request) -> Response:
    return page_answer("home.html", home_page(hub, request), request)


def _list(hub: HubState, kind: RepoKind, request: Request) -> Response:
    return page_answer("list.html", list_page(hub, request, kind), request)


def _page(hub: HubState, request: Request) -> Response:
    raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
    asked = read_request(raw.partition(b"?")[0].decode("ascii", "replace"))
    if asked is None:
        raise Fault(404, "There is no page at this address")
    if isinstance(asked, OwnerRequest):
        page = owner_page(hub, request, asked.namespace)
        return page_answer("owner.html", page, request)
    return _repo_page(hub, request, asked)


def _repo_page(hub: HubState, request: Request, asked: RepoRequest) -> Response:
    opened = visit(hub, request, asked)
    if opened.record.name != asked.repo and asked.view == "card":
        return RedirectResponse(opened.pages.card, 307, headers=SECURITY_HEADERS)
    if asked.view == "card":
        return page_answer("card.html", card_page(opened), request)
    if asked.view == "tree":
        return page_answer("tree.html", tree_page(opened), request)
    if asked.view == "blob":
        plain = request.query_params.get("plain") == "1"
        return page_answer("file.html", file_page(opened, plain=plain), request)
    if asked.view == "commits":
        page = history_page(opened, _number(request, "page", 1))
        return page_answer("history.html", page, request)
    if asked.view == "commit":
        return page_answer("commit.html", commit_page(opened), request)
    cell, output = _number(request, "cell", -1), _number(request, "output", -1)
    media_type, data = figure(opened, cell=cell, output=output)
    headers = {**SECURITY_HEADERS, "Cache-Control": "private, max-age=300"}
    return Response(data, media_type=media_type, headers=headers)


def _number(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else default
