"""Where a client with the xet protocol may write its data."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from huggingnersc.hub_server.http_error import HttpError
from huggingnersc.hub_server.json_shapes import answer
from huggingnersc.hub_server.routing import Route
from huggingnersc.hub_server.services import xet_staging

if TYPE_CHECKING:
    from starlette.responses import Response

    from huggingnersc.hub_server.context import RequestContext


def write_token(context: RequestContext) -> Response:
    """`GET .../xet-write-token/{rev}`: a folder on this machine, where that is switched on."""
    session = context.readable() if context.flag("create_pr") else context.writable()
    session.require_user()
    if not context.hub.xet or not _same_machine(context):
        raise HttpError(
            404,
            "This Hub takes big files by LFS: set HF_HUB_DISABLE_XET=1 and try again",
            code="XetDisabled",
        )
    address, expires = xet_staging.new_stage(session)
    headers = {
        "X-Xet-Cas-Url": address,
        "X-Xet-Access-Token": "local",
        "X-Xet-Token-Expiration": str(expires),
    }
    found = {"casUrl": address, "exp": expires, "accessToken": "local"}
    return answer(found, headers=headers)


def _same_machine(context: RequestContext) -> bool:
    client = context.request.client
    try:
        return client is not None and ipaddress.ip_address(client.host).is_loopback
    except ValueError:
        return False


ROUTES = (Route("GET", "/api/{kind}/{ns}/{name}/xet-write-token/{rev}", write_token),)
