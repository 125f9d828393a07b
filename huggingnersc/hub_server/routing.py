"""From the raw path of a request to the function that answers it.

Revisions and paths arrive as `dev%2Fx`: splitting must happen before decoding, so routes match
`scope["raw_path"]` and decode each part afterwards.
"""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from huggingnersc.hub_server.http_error import bad_request

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from starlette.responses import Response

    from huggingnersc.hub_server.context import RequestContext

    Handler = (
        Callable[[RequestContext], Response] | Callable[[RequestContext], Awaitable[Response]]
    )

MAX_RAW_PATH = 8192
DEFAULT_BODY_LIMIT = 8 << 20

_VARIABLE = re.compile(r"\{(\w+)(\*|=[\w|]+)?\}")


@dataclass(frozen=True, slots=True)
class Route:
    """One address pattern and its handler.

    Attributes:
        methods: HTTP methods, separated by spaces.
        pattern: `/api/{kind}/{ns}/{name}/tree/{rev}/{path*}`; `{x}` is one part, `{x*}` the rest,
            slashes included, `{x=a|b}` exactly one of these words. `{rev}` also takes a literal
            `refs/pr/1`, as people type it.
        handler: `def` runs in a worker thread with the body in `context.body`, which it reads
            after its checks and before any change: only then is a body that is not small
            received, and the handler runs again from its beginning. `async def` runs in the
            event loop and reads the body itself: it must not block.
        body_limit: bytes of body a `def` handler accepts.
    """

    methods: str
    pattern: str
    handler: Handler
    body_limit: int = DEFAULT_BODY_LIMIT


@dataclass(frozen=True, slots=True)
class Match:
    """A route that fits a request, with the decoded variables of its pattern."""

    route: Route
    path_params: Mapping[str, str]
    in_loop: bool


class Router:
    """The routes of a server; the first that fits wins."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._routes = [
            (
                frozenset(route.methods.split()),
                re.compile(_expression(route.pattern)),
                route,
                inspect.iscoroutinefunction(route.handler),
            )
            for route in routes
        ]

    def match(self, method: str, raw_path: bytes) -> Match | None:
        """Return the route for a request, None when there is none.

        Raises:
            HttpError: 400 when a part is not UTF-8 or holds a NUL.
        """
        path = raw_path.decode("latin-1")
        for methods, expression, route, in_loop in self._routes:
            if method not in methods:
                continue
            found = expression.fullmatch(path)
            if found is not None:
                params = {key: decode(value or "") for key, value in found.groupdict().items()}
                return Match(route, params, in_loop)
        return None


def decode(text: str) -> str:
    """Undo percent-encoding. Raises: HttpError: 400 unless it is UTF-8 without NUL."""
    try:
        decoded = unquote_to_bytes(text.encode("latin-1")).decode("utf-8")
    except UnicodeDecodeError as error:
        raise bad_request("The address is not valid UTF-8") from error
    if "\0" in decoded:
        raise bad_request("The address holds a NUL")
    return decoded


def _expression(pattern: str) -> str:
    made, last = "", 0
    for variable in _VARIABLE.finditer(pattern):
        made += re.escape(pattern[last : variable.start()])
        name, mark = variable[1], variable[2]
        if name == "rev":
            made += "(?P<rev>refs/(?:pr|convert|heads|tags)/[^/]+|[^/]+)"
        elif mark is not None and mark.startswith("="):
            made += f"(?P<{name}>{mark[1:]})"
        elif mark == "*":
            made += f"(?P<{name}>.+)"
        else:
            made += f"(?P<{name}>[^/]+)"
        last = variable.end()
    return made + re.escape(pattern[last:])
