"""What a page says when it cannot show what was asked for."""

from __future__ import annotations

from huggingnersc.domain.hub.pages.values import ErrorPage

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


def trouble_page(status: int, message: str, *, code: str = "") -> ErrorPage:
    """Give the page for a fault: what happened, and what may help.

    A hidden repository answers anonymous visitors like a missing one; both become 404 here, since
    a browser that reads 401 has nothing to answer with.
    """
    title, hints = _BY_CODE.get(code) or _BY_STATUS.get(status) or ("This did not work", ())
    shown = 404 if code == "RepoNotFound" else status
    return ErrorPage(shown, title, message.rstrip(".") + ".", hints)
