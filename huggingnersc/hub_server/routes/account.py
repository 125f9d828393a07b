"""Who am I, and what is mine."""

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


def whoami(call: RequestContext) -> Response:
    """`GET /api/whoami-v2`."""
    user = call.require_user()
    organizations = call.hub.accounts.organizations_of(user)
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


def harnesses(_call: RequestContext) -> Response:
    """`GET /api/agent-harnesses`: an empty list, which clients then keep for a day."""
    return answer({"standardEnvVars": [], "harnesses": {}})


def likes(_call: RequestContext) -> Response:
    """`GET /api/users/{user}/likes`: there are no likes here."""
    return answer([])


def user_overview(call: RequestContext) -> Response:
    """`GET /api/users/{user}/overview`."""
    user = call.hub.accounts.user(call.path_params["user"])
    if user is None:
        raise HttpError(404, "User not found")
    return answer(
        {
            "user": user.name,
            "fullname": user.fullname,
            "avatarUrl": "",
            "type": "user",
            "isPro": False,
            **_counts(call, user.name),
            "orgs": [_organization(o, user) for o in call.hub.accounts.organizations_of(user)],
        }
    )


def organization_overview(call: RequestContext) -> Response:
    """`GET /api/organizations/{org}/overview`."""
    found = call.hub.accounts.organization(call.path_params["org"])
    if found is None:
        raise HttpError(404, "Organization not found")
    return answer(
        {
            "name": found.name,
            "fullname": found.fullname,
            "avatarUrl": "",
            "type": "org",
            "numUsers": len(call.hub.accounts.members_of(found.name)),
            **_counts(call, found.name),
        }
    )


def members(call: RequestContext) -> Response:
    """`GET /api/organizations/{org}/members`."""
    found = call.hub.accounts.organization(call.path_params["org"])
    if found is None:
        raise HttpError(404, "Organization not found")
    users = call.hub.accounts.members_of(found.name)
    return answer([{"user": u.name, "fullname": u.fullname, "type": "user"} for u in users])


def my_repositories(call: RequestContext) -> Response:
    """`GET /api/settings/repositories`: mine, private ones included."""
    return answer(_settings_rows(call, call.require_user().name))


def organization_repositories(call: RequestContext) -> Response:
    """`GET /api/organizations/{org}/settings/repositories`: members only."""
    user = call.require_user()
    if user.role_in(call.path_params["org"]) is None:
        raise HttpError(403, f"You are no member of {call.path_params['org']}")
    return answer(_settings_rows(call, call.path_params["org"]))


def _settings_rows(call: RequestContext, namespace: str) -> list[dict[str, object]]:
    records = [
        record
        for kind in RepoKind
        for record in search(
            call.hub.registry,
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


def _counts(call: RequestContext, namespace: str) -> dict[str, int]:
    from huggingnersc.hub_server.services.search import count

    registry = call.hub.registry
    return {
        "numModels": count(registry, Search(RepoKind.MODEL, author=namespace)),
        "numDatasets": count(registry, Search(RepoKind.DATASET, author=namespace)),
        "numSpaces": 0,
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
