"""Cursors: where the next page of a listing begins."""

from __future__ import annotations

import base64
import json
from urllib.parse import parse_qsl, urlencode

from huggingnersc.hub_server.protocol.client_text import MAX_NUMBER, read_json

MAX_CURSOR_LENGTH = 8192  # a path of 1,024 bytes, escaped and in base64


def write_cursor(*position: str | int) -> str:
    """Pack a position into text that is safe in an address."""
    data = json.dumps(position, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def read_cursor(text: str, *types: type) -> tuple[str | int, ...] | None:
    """Unpack a position written by `write_cursor`.

    None unless it holds exactly these types and numbers from 0 to `MAX_NUMBER`.
    """
    if len(text) > MAX_CURSOR_LENGTH:
        return None
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        position = read_json(base64.urlsafe_b64decode(padded))
    except ValueError:
        return None
    if not isinstance(position, list) or [type(item) for item in position] != list(types):
        return None
    if any(isinstance(item, int) and not 0 <= item <= MAX_NUMBER for item in position):
        return None
    return tuple(position)


def next_link(url: str, query: str, cursor: str) -> str:
    """Return the `Link` header for the page at `cursor`, the rest of the query kept."""
    kept = [(k, v) for k, v in parse_qsl(query, keep_blank_values=True) if k != "cursor"]
    return f'<{url}?{urlencode([*kept, ("cursor", cursor)])}>; rel="next"'
