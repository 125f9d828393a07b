"""Where a client with the xet protocol may put its data."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from huggingnersc.adapters.loopback import xet_staging
from huggingnersc.adapters.loopback.faults import Fault
from huggingnersc.adapters.loopback.rendering import answer
from huggingnersc.adapters.loopback.routing import Route

if TYPE_CHECKING:
    from starlette.responses import Response

    from huggingnersc.adapters.loopback.call import Call


def write_token(call: Call) -> Response:
    """`GET .../xet-write-token/{rev}`: a folder on this machine, where that is switched on."""
    record = call.readable() if call.flag("create_pr") else call.writable()
    call.require_user()
    if not call.hub.xet or not _same_machine(call):
        raise Fault(
            404,
            "This Hub takes big files by LFS: set HF_HUB_DISABLE_XET=1 and try again",
            code="XetDisabled",
        )
    address, expires = xet_staging.new_stage(call.hub, record)
    headers = {
        "X-Xet-Cas-Url": address,
        "X-Xet-Access-Token": "local",
        "X-Xet-Token-Expiration": str(expires),
    }
    found = {"casUrl": address, "exp": expires, "accessToken": "local"}
    return answer(found, headers=headers)


def _same_machine(call: Call) -> bool:
    client = call.request.client
    try:
        return client is not None and ipaddress.ip_address(client.host).is_loopback
    except ValueError:
        return False


ROUTES = (Route("GET", "/api/{kind}/{ns}/{name}/xet-write-token/{rev}", write_token),)
