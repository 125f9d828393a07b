"""Users and organizations: who sends a request, and who owns what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.domain.repo_names import RepoKind
from huggingnersc.hub_server.http_error import HttpError
from huggingnersc.hub_server.json_shapes import answer, moment
from huggingnersc.hub_server.routing import Route
from huggingnersc.hub_server.services.search import Search, search

if TYPE_CHECKING:
    from starlette.responses import Response

    from huggingnersc.hub_server.accounts import Organization, User
    from huggingnersc.hub_server.context import RequestContext


def whoami(context: RequestContext) -> Response:
    """`GET /api/whoami-v2`."""
    user = context.require_user()
    organizations = context.hub.accounts.organizations_of(user)
    return answer(
        {
            "type": "user",
            "id": user.name,
            "name": user.name,
            "fullname": user.fullname,
            "email": user.email,
            "emailVerified": True,
            "isPro": False,
            "canPay": False,
            "avatarUrl": "",
            "orgs": [_organization(item, user) for item in organizations],
            "auth": {
                "type": "access_token",
                "accessToken": {"displayName": "embedded Hub", "role": "write"},
            },
        }
    )


def harnesses(_context: RequestContext) -> Response:
    """`GET /api/agent-harnesses`: an empty list, which clients then keep for a day."""
    return answer({"standardEnvVars": [], "harnesses": {}})


def likes(_context: RequestContext) -> Response:
    """`GET /api/users/{user}/likes`: there are no likes here."""
    return answer([])


def user_overview(context: RequestContext) -> Response:
    """`GET /api/users/{user}/overview`."""
    user = context.hub.accounts.user(context.path_params["user"])
    if user is None:
        raise HttpError(404, "User not found")
    return answer(
        {
            "user": user.name,
            "fullname": user.fullname,
            "avatarUrl": "",
            "type": "user",
            "isPro": False,
            **_counts(context, user.name),
            "orgs": [_organization(o, user) for o in context.hub.accounts.organizations_of(user)],
        }
    )


def organization_overview(context: RequestContext) -> Response:
    """`GET /api/organizations/{org}/overview`."""
    found = context.hub.accounts.organization(context.path_params["org"])
    if found is None:
        raise HttpError(404, "Organization not found")
    return answer(
        {
            "name": found.name,
            "fullname": found.fullname,
            "avatarUrl": "",
            "type": "org",
            "numUsers": len(context.hub.accounts.members_of(found.name)),
            **_counts(context, found.name),
        }
    )


def members(context: RequestContext) -> Response:
    """`GET /api/organizations/{org}/members`."""
    found = context.hub.accounts.organization(context.path_params["org"])
    if found is None:
        raise HttpError(404, "Organization not found")
    users = context.hub.accounts.members_of(found.name)
    return answer([{"user": u.name, "fullname": u.fullname, "type": "user"} for u in users])


def my_repositories(context: RequestContext) -> Response:
    """`GET /api/settings/repositories`: the user's own, private ones included."""
    return answer(_settings_rows(context, context.require_user().name))


def organization_repositories(context: RequestContext) -> Response:
    """`GET /api/organizations/{org}/settings/repositories`: members only."""
    user = context.require_user()
    if user.role_in(context.path_params["org"]) is None:
        raise HttpError(403, f"You are not a member of {context.path_params['org']}")
    return answer(_settings_rows(context, context.path_params["org"]))


def _settings_rows(context: RequestContext, namespace: str) -> list[dict[str, object]]:
    records = [
        record
        for kind in RepoKind
        for record in search(
            context.hub.registry,
            Search(kind, namespaces=(namespace.lower(),), author=namespace, limit=1000),
        ).records
    ]
    total = sum(record.size_bytes for record in records) or 1
    return [
        {
            "id": record.name.repo_id,
            "type": record.name.kind,
            "updatedAt": moment(record.modified_ms),
            "visibility": "private" if record.private else "public",
            "storage": record.size_bytes,
            "storagePercent": record.size_bytes / total,
        }
        for record in sorted(records, key=lambda item: -item.modified_ms)
    ]


def _organization(item: Organization, user: User) -> dict[str, object]:
    return {
        "type": "org",
        "name": item.name,
        "fullname": item.fullname,
        "avatarUrl": "",
        "roleInOrg": user.role_in(item.name),
        "isEnterprise": False,
    }


def _counts(context: RequestContext, namespace: str) -> dict[str, int]:
    from huggingnersc.hub_server.services.search import count

    registry = context.hub.registry
    return {
        "numModels": count(registry, Search(RepoKind.MODEL, author=namespace)),
        "numDatasets": count(registry, Search(RepoKind.DATASET, author=namespace)),
        "numSpaces": count(registry, Search(RepoKind.SPACE, author=namespace)),
        "numDiscussions": 0,
        "numPapers": 0,
        "numUpvotes": 0,
        "numLikes": 0,
        "numFollowing": 0,
        "numFollowers": 0,
    }


ROUTES = (
    Route("GET", "/api/whoami-v2", whoami),
    Route("GET", "/api/agent-harnesses", harnesses),
    Route("GET", "/api/users/{user}/likes", likes),
    Route("GET", "/api/users/{user}/overview", user_overview),
    Route("GET", "/api/organizations/{org}/overview", organization_overview),
    Route("GET", "/api/organizations/{org}/members", members),
    Route("GET", "/api/settings/repositories", my_repositories),
    Route("GET", "/api/organizations/{org}/settings/repositories", organization_repositories),
)
