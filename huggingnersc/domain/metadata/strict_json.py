"""JSON read strictly: what another reader would silently drop or guess is a problem here."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_JSON_BYTES = 1 << 20
_MAX_SHOWN_CHARS = 60


def read_object(data: bytes, *, name: str) -> tuple[dict[str, Any] | None, tuple[Problem, ...]]:
    """Read `data` as one JSON object.

    Args:
        data: the file's bytes; a UTF-8 byte order mark is accepted.
        name: the file's name, used in the problems.

    Returns:
        The object and no problem, or None and every problem found: not UTF-8, too large, not JSON
        (line and column), not an object, duplicate keys, NaN or Infinity, half a surrogate pair.
    """
    if len(data) > MAX_JSON_BYTES:
        message = f"{len(data):,} bytes; a metadata file has at most {MAX_JSON_BYTES:,}"
        return None, (Problem(name, message),)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"not UTF-8 text (byte {error.start}); save the file as UTF-8"
        return None, (Problem(name, message),)
    return _parse(text, name=name)


def _parse(text: str, *, name: str) -> tuple[dict[str, Any] | None, tuple[Problem, ...]]:
    found: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        counts = Counter(key for key, _ in items)
        twice = [key for key, count in counts.items() if count > 1]
        found.extend(
            f"the key {describe(key)} stands more than once in one object" for key in twice
        )
        return dict(items)

    def constant(word: str) -> None:
        found.append(f"{word} is not a JSON value")

    try:
        value = json.loads(text, object_pairs_hook=pairs, parse_constant=constant)
    except json.JSONDecodeError as error:
        message = f"not valid JSON at line {error.lineno}, column {error.colno}: {error.msg}"
        return None, (Problem(name, message),)
    except (RecursionError, ValueError) as error:  # too deep, or a number of thousands of digits
        return None, (Problem(name, f"not readable as JSON: {error}"),)
    if not isinstance(value, dict):
        message = f"holds {describe(value)}; a metadata file is one JSON object {{...}}"
        return None, (Problem(name, message),)
    found.extend(_lone_surrogates(value))
    return (None if found else value), tuple(Problem(name, message) for message in found)


def _lone_surrogates(value: Any) -> Iterator[str]:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        yield "a \\uD800-\\uDFFF escape stands alone; it is half of a character"


def describe(value: Any) -> str:
    """Say in a few words what a JSON value is, such as `the number 3` or `an array of 2`."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {_short(json.dumps(value))}"
        case str():
            return _short(json.dumps(value, ensure_ascii=False))
        case list():
            return f"an array of {len(value)}"
        case _:
            return "an object"


def _short(text: str) -> str:
    return text if len(text) <= _MAX_SHOWN_CHARS else text[: _MAX_SHOWN_CHARS - 3] + "..."
