"""Page values -> HTML answers, with the headers that keep a page from doing anything else."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from huggingnersc.assets import asset
from huggingnersc.domain.text import formatting
from huggingnersc.hub_server.web.spectrum import spectrum_of
from huggingnersc.hub_server.web.values import HubSite

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.hub_server.context import RequestContext

POLICY = "; ".join(
    (
        "default-src 'none'",
        "img-src 'self'",
        "style-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
SECURITY_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_MEDIA_TYPES = {"style.css": "text/css; charset=utf-8", "mark.svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A static file that pages refer to, read once."""

    content: bytes
    media_type: str
    etag: str


def page_answer(
    template: str, page: object, context: RequestContext, *, status: int = 200
) -> Response:
    """Render `template` for `page`.

    What is shown depends on who asks, so no shared cache may keep it.
    """
    site = HubSite(context.origin)
    html = environment().get_template(template).render(page=page, site=site)
    headers = {**SECURITY_HEADERS, "Cache-Control": "private, no-cache", "Vary": "Authorization"}
    return HTMLResponse(html, status_code=status, headers=headers)


def static_answer(name: str, context: RequestContext) -> Response:
    """Return the stylesheet or the mark; 304 when the browser has it already."""
    found = static_file(name)
    headers = {**SECURITY_HEADERS, "ETag": found.etag, "Cache-Control": "public, max-age=300"}
    if found.etag in context.request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(found.content, media_type=found.media_type, headers=headers)


@cache
def static_file(name: str) -> StaticFile:
    """Read one of the two static files; any other name is a KeyError."""
    media_type = _MEDIA_TYPES[name]
    content = (_folder() / name).read_bytes()
    return StaticFile(content, media_type, f'"{hashlib.sha256(content).hexdigest()[:20]}"')


@cache
def environment() -> Environment:
    """Make the Jinja environment of the pages: everything is escaped, a missing value raises."""
    made = Environment(
        loader=FileSystemLoader(_folder()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        size_words=formatting.size_words,
        count_words=formatting.count_words,
        plural=formatting.plural,
        day=formatting.day,
        spectrum_of=spectrum_of,
    )
    made.globals["section"] = ""
    return made


def _folder() -> Path:
    return asset("templates") / "hub"
