"""Logging of the requests to a Hub and of the time each answer takes."""

from __future__ import annotations

import logging
import time
from functools import cache
from itertools import count
from typing import TYPE_CHECKING

from huggingnersc.domain.text.redact import redact_address
from huggingnersc.domain.text.terminal import visible

if TYPE_CHECKING:
    from httpx2 import Client, Request, Response

_LOG = logging.getLogger(__name__)
_NUMBERS = count(1)
_EXTENSION = "huggingnersc"


def is_enabled() -> bool:
    """Return whether requests are logged."""
    return _LOG.isEnabledFor(logging.DEBUG)


@cache
def show_client_log_safely() -> None:
    """Make what huggingface_hub prints by itself, such as a Hub's warnings, safe to print."""
    for handler in logging.getLogger("huggingface_hub").handlers:
        if handler.formatter is None:  # else it is the one of a log file
            handler.setFormatter(_OneLine())


class _OneLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return visible(super().format(record))


def with_logging(client: Client) -> Client:
    """Make `client` log each of its requests, redirected ones included, and return it."""
    hooks = client.event_hooks
    client.event_hooks = {
        "request": [*hooks.get("request", ()), _log_request],
        "response": [_log_response, *hooks.get("response", ())],
    }
    return client


def log_failure(error: Exception) -> None:
    """Log that the last request got no answer."""
    _LOG.debug("no answer: %s: %s", type(error).__name__, error)


def _log_request(request: Request) -> None:
    number = next(_NUMBERS)
    request.extensions[_EXTENSION] = (number, time.perf_counter())
    _LOG.debug("[%d] %s %s", number, request.method, redact_address(str(request.url)))


def _log_response(response: Response) -> None:
    number, started_s = response.request.extensions[_EXTENSION]
    size = response.headers.get("content-length")
    _LOG.debug(
        "[%d] %d %s after %.3f s%s",
        number,
        response.status_code,
        response.reason_phrase,
        time.perf_counter() - started_s,
        f", {size} bytes" if size else "",
    )
