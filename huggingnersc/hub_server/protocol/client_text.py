"""Numbers and JSON that clients send: the one place that reads them.

Python reads more than the protocol means: `²` is a digit to `isdigit`, JSON may hold half of a
surrogate pair, numbers that no database holds, and nesting that `str` cannot follow.
"""

from __future__ import annotations

import json
from itertools import chain

MAX_NUMBER = 10**15
"""More than any size, time or count; less than what SQLite and `islice` can hold."""

MAX_JSON_DEPTH = 64


def whole_number(text: str) -> int | None:
    """Return the number that ASCII digits say, None for anything else or over `MAX_NUMBER`."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MAX_NUMBER))):
        return None
    number = int(text)
    return number if number <= MAX_NUMBER else None


def load_json(data: bytes) -> object:
    """Return what JSON in UTF-8 says; its texts may still hold half of a surrogate pair.

    Raises:
        ValueError: it is not JSON, or nested deeper than `MAX_JSON_DEPTH`.
    """
    try:
        value = json.loads(data.decode("utf-8-sig"))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if _depth(value) > MAX_JSON_DEPTH:
        raise ValueError("nested too deeply")
    return value


def read_json(data: bytes) -> object:
    """Return what JSON in UTF-8 says, when all of it can be stored and shown.

    Raises:
        ValueError: it is not JSON, nested too deeply, or has text that is not Unicode.
    """
    value = load_json(data)
    if b"\\u" in data:
        json.dumps(value, ensure_ascii=False).encode()  # half of a surrogate pair fails here
    return value


def _depth(value: object) -> int:
    depth, level = 0, [value]
    while level := [item for item in level if isinstance(item, list | dict)]:
        depth += 1
        inside = (item.values() if isinstance(item, dict) else item for item in level)
        level = list(chain.from_iterable(inside))
    return depth
