"""Faults as pages: for browsers only, clients of the API read JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from huggingnersc.adapters.loopback.call import Call
    from huggingnersc.adapters.loopback.faults import Fault


def wants_page(request: Request) -> bool:
    """Tell whether a browser is to be answered, and not a client of the API, LFS or git."""
    path = request.url.path
    accepts = request.headers.get("accept", "")
    return "text/html" in accepts and not path.startswith("/api/") and ".git/" not in path


def trouble_answer(fault: Fault, call: Call) -> Response:
    """Give `fault` as a page that says what happened and what may help."""
    from huggingnersc.adapters.loopback.pages.rendering import page_answer
    from huggingnersc.domain.hub.pages.troubles import trouble_page

    page = trouble_page(fault.status, fault.message, code=fault.code or "")
    answer = page_answer("error.html", page, call, status=page.status)
    answer.headers.update(fault.headers)
    return answer
