"""Errors as pages, for browsers only; clients of the API read JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.hub_server.web.values import ErrorPage

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from huggingnersc.hub_server.context import RequestContext
    from huggingnersc.hub_server.http_error import HttpError

_HIDDEN = (
    "Names are written namespace/name; datasets stand under /datasets/namespace/name.",
    "It may be private. Private repositories are not shown in the browser: reach them with a"
    " token, with hf, datasets or git.",
)
_BY_CODE = {
    "RepoNotFound": ("No such repository here", _HIDDEN),
    "RevisionNotFound": (
        "No such revision",
        ("The branch or tag may have been renamed; the Files tab lists those there are.",),
    ),
    "EntryNotFound": (
        "No such file",
        ("It may have been moved or deleted; the History tab knows when.",),
    ),
    "GatedRepo": (
        "Access needs permission",
        ("The card says how to ask. With permission, hf download and git clone work.",),
    ),
}
_BY_STATUS = {
    401: ("This token is not known here", ("Open the address without it, or check the token.",)),
    403: ("This is not allowed", ()),
    404: ("Nothing is here", ("The lists below lead to everything that is.",)),
}


def error_page(status: int, message: str, *, code: str = "") -> ErrorPage:
    """Return the page for an error: what happened, and what may help.

    A hidden repository answers anonymous visitors like a missing one; both become 404 here, since
    a browser that reads 401 has nothing to answer with.
    """
    title, hints = _BY_CODE.get(code) or _BY_STATUS.get(status) or ("This did not work", ())
    shown = 404 if code == "RepoNotFound" else status
    return ErrorPage(shown, title, message.rstrip(".") + ".", hints)


def wants_page(request: Request) -> bool:
    """Return whether a browser is to be answered, and not a client of the API, LFS or git."""
    path = request.url.path
    accepts = request.headers.get("accept", "")
    return "text/html" in accepts and not path.startswith("/api/") and ".git/" not in path


def error_page_response(error: HttpError, context: RequestContext) -> Response:
    """Return `error` as a page that says what happened and what may help."""
    from huggingnersc.hub_server.web.rendering import page_answer

    page = error_page(error.status, error.message, code=error.code or "")
    answer = page_answer("error.html", page, context, status=page.status)
    answer.headers.update(error.headers)
    return answer
