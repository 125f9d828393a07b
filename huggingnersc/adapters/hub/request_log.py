"""What a Hub is asked and how long it takes to answer, told to Python's logging."""

from __future__ import annotations

import logging
import time
from itertools import count
from typing import TYPE_CHECKING

from huggingnersc.domain.text.redact import redact_address

if TYPE_CHECKING:
    from httpx2 import Client, Request, Response

_LOG = logging.getLogger(__name__)
_NUMBERS = count(1)
_OURS = "huggingnersc"


def is_wanted() -> bool:
    """Return whether anybody listens."""
    return _LOG.isEnabledFor(logging.DEBUG)


def listened(client: Client) -> Client:
    """Return `client`, which from now on tells each of its requests, redirected ones included."""
    hooks = client.event_hooks
    client.event_hooks = {
        "request": [*hooks.get("request", ()), _tell_request],
        "response": [_tell_answer, *hooks.get("response", ())],
    }
    return client


def tell_failure(error: Exception) -> None:
    """Tell that the last request got no answer."""
    _LOG.debug("no answer: %s: %s", type(error).__name__, error)


def _tell_request(request: Request) -> None:
    number = next(_NUMBERS)
    request.extensions[_OURS] = (number, time.perf_counter())
    _LOG.debug("[%d] %s %s", number, request.method, redact_address(str(request.url)))


def _tell_answer(response: Response) -> None:
    number, begun = response.request.extensions[_OURS]
    size = response.headers.get("content-length")
    _LOG.debug(
        "[%d] %d %s after %.3f s%s",
        number,
        response.status_code,
        response.reason_phrase,
        time.perf_counter() - begun,
        f", {size} bytes" if size else "",
    )
