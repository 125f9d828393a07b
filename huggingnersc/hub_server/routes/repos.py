"""Create, delete, move and configure repositories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.domain.repo_names import RepoKind, RepoName
from huggingnersc.hub_server.context import text_of
from huggingnersc.hub_server.http_error import (
    HttpError,
    bad_request,
    forbidden,
)
from huggingnersc.hub_server.json_shapes import answer
from huggingnersc.hub_server.routing import Route
from huggingnersc.hub_server.services import repositories as creating
from huggingnersc.hub_server.services.access import may_write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from huggingnersc.hub_server.accounts import User
    from huggingnersc.hub_server.context import RequestContext


SPACE_SDKS = ("docker", "gradio", "static", "streamlit")


def create(context: RequestContext) -> Response:
    """`POST /api/repos/create`: 409 with the address when it exists already."""
    user, data = context.require_user(), context.json()
    name = _named(data, user)
    private = _wants_private(data)
    if private is None:
        organization = context.hub.accounts.organization(name.namespace)
        private = organization is not None and organization.private_by_default
    try:
        record = creating.create(context.hub, user, name, private=private, sdk=_sdk(data, name))
    except HttpError as error:
        if error.status == 409:
            error.extra["url"] = f"{context.origin}/{name.url_path}"
        raise
    return answer(
        {
            "url": f"{context.origin}/{record.name.url_path}",
            "name": record.name.repo_id,
            "id": record.storage_id,
        }
    )


def delete(context: RequestContext) -> Response:
    """`DELETE /api/repos/delete`."""
    user = context.require_user()
    creating.delete(context.owned(_named(context.json(), user)))
    return answer({})


def move(context: RequestContext) -> Response:
    """`POST /api/repos/move`."""
    user, data = context.require_user(), context.json()
    kind = _kind(data)
    session = context.owned(_parsed(kind, text_of(data, "fromRepo"), user))
    creating.move(session, _parsed(kind, text_of(data, "toRepo"), user))
    return answer({})


def settings(context: RequestContext) -> Response:
    """`PUT /api/{kind}/{ns}/{name}/settings`: who may see it, and whether it is gated."""
    session, data = context.owned(), context.json()
    private, gated = _wants_private(data), data.get("gated")
    if gated is not None and gated not in (False, "auto", "manual", "false"):
        raise bad_request("gated must be auto, manual or false")
    if private is not None:
        context.hub.registry.set_private(session.storage_id, private=private)
    if gated is not None:
        kept = str(gated) if gated in ("auto", "manual") else ""
        context.hub.registry.set_gated(session.storage_id, kept)
    return answer({"private": private, "gated": gated})


def auth_check(context: RequestContext) -> Response:
    """`GET .../auth-check`: may I read the files?"""
    context.readable()
    return answer({})


def auth_check_write(context: RequestContext) -> Response:
    """`GET .../auth-check/write`: may I commit?"""
    record = context.visible().record
    if not may_write(context.user, record):
        raise forbidden(f"You have no right to write to {record.name.repo_id}")
    return answer({})


def _named(data: Mapping[str, object], user: User) -> RepoName:
    name = text_of(data, "name")
    organization = data.get("organization")
    if organization is not None and not isinstance(organization, str):
        raise bad_request("organization must be a string")
    repo_id = name if "/" in name else f"{organization or user.name}/{name}"
    return _parsed(_kind(data), repo_id, user)


def _parsed(kind: RepoKind, repo_id: str, user: User) -> RepoName:
    namespace, slash, name = repo_id.partition("/")
    return RepoName(kind, namespace, name) if slash else RepoName(kind, user.name, namespace)


def _kind(data: Mapping[str, object]) -> RepoKind:
    word = data.get("type") or RepoKind.MODEL
    try:
        return RepoKind(str(word))
    except ValueError as error:
        raise bad_request("This Hub holds models, datasets and spaces only") from error


def _sdk(data: Mapping[str, object], name: RepoName) -> str:
    """Return what a space is made with, `""` for other kinds. Raises: HttpError: 400."""
    if name.kind is not RepoKind.SPACE:
        return ""
    sdk = text_of(data, "sdk", "")
    if sdk not in SPACE_SDKS:
        raise bad_request(f"sdk must be one of {', '.join(SPACE_SDKS)}")
    return sdk


def _wants_private(data: Mapping[str, object]) -> bool | None:
    visibility, private = data.get("visibility"), data.get("private")
    if visibility is None and private is None:
        return None
    if visibility is None:
        if not isinstance(private, bool):
            raise bad_request("private must be true or false")
        return private
    if visibility not in ("public", "private", "protected"):
        raise bad_request("visibility must be public or private")
    return visibility != "public"


ROUTES = (
    Route("POST", "/api/repos/create", create),
    Route("DELETE", "/api/repos/delete", delete),
    Route("POST", "/api/repos/move", move),
    Route("PUT", "/api/{kind}/{ns}/{name}/settings", settings),
    Route("GET", "/api/{kind}/{ns}/{name}/auth-check", auth_check),
    Route("GET", "/api/{kind}/{ns}/{name}/auth-check/write", auth_check_write),
)
