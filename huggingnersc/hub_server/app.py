"""The ASGI application: authenticate, route, answer, and turn every error into its answer."""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from huggingnersc.hub_server.compression import compressed
from huggingnersc.hub_server.context import RequestContext
from huggingnersc.hub_server.error_mapping import asked_of, http_error_of
from huggingnersc.hub_server.http_error import HttpError, repository_missing
from huggingnersc.hub_server.request_body import (
    BodyNotReceivedError,
    has_body,
    is_small,
    spool_body,
)
from huggingnersc.hub_server.request_head import check_head
from huggingnersc.hub_server.routes import all_routes
from huggingnersc.hub_server.routing import MAX_RAW_PATH, Match, Router

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from huggingnersc.hub_server.accounts import User
    from huggingnersc.hub_server.hub_context import HubContext
    from huggingnersc.hub_server.routing import Route

ANONYMOUS_BODY_LIMIT = 1 << 20

_SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
# A page of another site may point its own name at 127.0.0.1 (DNS rebinding); it cannot change
# what the browser then says as Host.
_THIS_MACHINE = frozenset({"", "localhost", "127.0.0.1", "[::1]"})
_API_CSP = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; sandbox")


def build_app(hub: HubContext) -> ASGIApp:
    """Return the application that serves `hub`: the API, git, and the pages for a browser."""
    router = Router(all_routes())

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        request_id = _request_id(request)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _with_headers(message["headers"], request_id)
            await send(message)

        try:
            response = await _answer(hub, router, request)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001 - the border between handlers and the wire
            response = _refusal(hub, request, http_error_of(error, asked=asked_of(scope)))
        await response(scope, receive, send_with_headers)

    return app


def error_response(error: HttpError) -> Response:
    """Return the answer for an error: JSON, and the headers clients read."""
    message = error.message.encode("latin-1", "replace").decode("latin-1")
    headers = {"X-Error-Message": " ".join(message.split())[:1000], **error.headers}
    if error.code is not None:
        headers["X-Error-Code"] = error.code
    body = json.dumps({"error": error.message, **error.extra})
    return Response(body, error.status, headers, media_type="application/json")


def _refusal(hub: HubContext, request: Request, error: HttpError) -> Response:
    # Only a browser asks for HTML; only then are the parts that draw pages loaded.
    if "text/html" in request.headers.get("accept", ""):
        from huggingnersc.hub_server.web.error_pages import error_page_response, wants_page

        if wants_page(request):
            return error_page_response(error, RequestContext(hub, request, None, {}))
    return error_response(error)


async def _answer(hub: HubContext, router: Router, request: Request) -> Response:
    host = check_head(request)
    if hub.accounts.is_local and host not in _THIS_MACHINE:
        raise HttpError(421, "This Hub answers to localhost only")
    address = request.client.host if request.client else ""
    user = authenticate(hub, request.headers.get("authorization"), address)
    match = _match(router, request, user)
    context = RequestContext(hub, request, user, match.path_params)
    if match.in_loop:
        return await match.route.handler(context)  # type: ignore[misc,no-any-return]
    return await _answer_in_thread(context, match.route)


async def _answer_in_thread(context: RequestContext, route: Route) -> Response:
    if not is_small(context.request) or not has_body(context.request):
        # Who may not send this body is refused here, before any of it is received; and where
        # there is none, nothing has to be received.
        with suppress(BodyNotReceivedError):
            return await context.in_thread(_handled, context, route)
    limit = route.body_limit if context.user else min(route.body_limit, ANONYMOUS_BODY_LIMIT)
    with await spool_body(context.request, context.hub.lfs.incoming, limit) as body:
        complete = replace(context, body_file=body)
        return await context.in_thread(_handled, complete, route)


def _handled(context: RequestContext, route: Route) -> Response:
    response: Response = route.handler(context)  # type: ignore[assignment]
    return compressed(response, context.request)


def authenticate(hub: HubContext, header: str | None, address: str) -> User | None:
    """Return who a request comes from: a Bearer token, or Basic with the token as password.

    Raises:
        HttpError: 401 when no user has this token, 429 after too many of those from `address`.
    """
    token = _token(header) if header else ""
    if not token:
        return None
    user = hub.logins.user_of(hub.accounts, token, address)
    if user is None:
        raise HttpError(
            401,
            "Invalid credentials in Authorization header",
            headers={"WWW-Authenticate": 'Basic realm="HuggingNERSC"'},
        )
    return user


def _match(router: Router, request: Request, user: User | None) -> Match:
    raw_path: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    if len(raw_path) > MAX_RAW_PATH:
        raise HttpError(414, "The address is too long")
    method = "GET" if request.method == "HEAD" else request.method
    match = router.match(method, raw_path)
    if match is None and request.method == "HEAD":
        match = router.match("HEAD", raw_path)
    if match is not None:
        return match
    if raw_path.startswith((b"/api/models/", b"/api/datasets/", b"/api/spaces/")):
        raise repository_missing(anonymous=user is None)
    raise HttpError(404, "There is nothing at this address")


def _token(header: str) -> str:
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() != "basic":
        return value.strip() or header
    try:
        name, _, password = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "not base64"
    return password or name


def _request_id(request: Request) -> str:
    said = request.headers.get("x-request-id") or request.headers.get("x-amzn-trace-id") or ""
    return said[:200] if said.isascii() and said.isprintable() and said else secrets.token_hex(16)


def _with_headers(
    headers: list[tuple[bytes, bytes]], request_id: str
) -> list[tuple[bytes, bytes]]:
    present = {name.lower() for name, _ in headers}
    own = [item for item in (*_SECURITY_HEADERS, _API_CSP) if item[0] not in present]
    return [*headers, *own, (b"x-request-id", request_id.encode("latin-1"))]
