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
from huggingnersc.hub_server.protocol.ranges import matches
from huggingnersc.hub_server.web.page_script import SCRIPT_SOURCE, page_script
from huggingnersc.hub_server.web.spectrum import spectrum_of
from huggingnersc.hub_server.web.tables import short_number
from huggingnersc.hub_server.web.values import HubSite

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.hub_server.context import RequestContext

POLICY = "; ".join(
    (
        "default-src 'none'",
        "img-src 'self'",
        "style-src 'self'",
        f"script-src {SCRIPT_SOURCE}",
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
_MEDIA_TYPES = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
_PAGE_VARIES = "Accept, Accept-Encoding, Authorization"
_NAMES = ("style.css", "mark.svg")
_FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A static file that pages refer to, read once.

    Attributes:
        address: it names the content, so browsers keep what they have got there.
        content: all of it.
        media_type: its type.
        etag: in quotes.
    """

    address: str
    content: bytes
    media_type: str
    etag: str


def page_answer(
    template: str, page: object, context: RequestContext, *, status: int = 200
) -> Response:
    """Render `template` for `page`.

    What is shown depends on who asks: no shared cache may keep it, and a browser asks again each
    time. It gets 304 when it has exactly this page, which it may still see.
    """
    site = HubSite(context.shown_origin)
    html = environment().get_template(template).render(page=page, site=site).encode()
    headers = {**SECURITY_HEADERS, "Cache-Control": "private, no-cache", "Vary": _PAGE_VARIES}
    if status == 200:
        etag = _etag(html)
        headers["ETag"] = f"W/{etag}"  # weak, because the page may be compressed
        if matches(context.request.headers.get("if-none-match"), etag):
            return Response(status_code=304, headers=headers)
    return HTMLResponse(html, status_code=status, headers=headers)


def static_answer(name: str, context: RequestContext) -> Response:
    """Return a static file by its name or its address; 304 when the browser has it already.

    Raises:
        KeyError: there is no such file; one of another version of the program is none.
    """
    if name in _NAMES:
        found, kept = static_file(name), "public, max-age=300"
    else:
        found, kept = _by_address()[name], _FOREVER
    headers = {**SECURITY_HEADERS, "ETag": f"W/{found.etag}", "Cache-Control": kept}
    headers["Vary"] = "Accept-Encoding"
    if matches(context.request.headers.get("if-none-match"), found.etag):
        return Response(status_code=304, headers=headers)
    return Response(found.content, media_type=found.media_type, headers=headers)


@cache
def static_file(name: str) -> StaticFile:
    """Read a static file by its plain name, such as `style.css`."""
    content = (_folder() / name).read_bytes()
    stem, dot, suffix = name.partition(".")
    digest = hashlib.sha256(content).hexdigest()[:20]
    address = f"/-/{stem}.{digest}.{suffix}"
    return StaticFile(address, content, _MEDIA_TYPES[dot + suffix], f'"{digest}"')


@cache
def _by_address() -> dict[str, StaticFile]:
    files = map(static_file, _NAMES)
    return {found.address.rpartition("/")[2]: found for found in files}


def _etag(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:20]}"'


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
        short_number=short_number,
        spectrum_of=spectrum_of,
    )
    made.globals.update(section="", static=static_file, page_script=page_script)
    return made


def _folder() -> Path:
    return asset("templates") / "hub"
