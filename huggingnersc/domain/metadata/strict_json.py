"""Strict JSON reading: what other parsers silently drop or guess is reported as a problem."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from huggingnersc.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_JSON_BYTES = 1 << 20
MAX_DEPTH = 50
_MAX_SHOWN_CHARS = 60
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")  # UTF-8 text can hold one only as an escape


def read_object(
    data: bytes, *, name: str, limit: int = MAX_JSON_BYTES
) -> tuple[dict[str, Any] | None, tuple[Problem, ...]]:
    """Read `data` as one JSON object.

    Args:
        data: the file's bytes; a UTF-8 byte order mark is accepted.
        name: the file's name, used in the problems.
        limit: the maximum size in bytes.

    Returns:
        The object and no problem, or None and every problem found: not UTF-8, too large, not JSON
        (line and column), not an object, nested more than 50 levels deep, duplicate keys, NaN,
        Infinity, a number too large to represent, an unpaired surrogate.
    """
    if len(data) > limit:
        return None, (Problem(name, f"{len(data):,} bytes; allowed: at most {limit:,}"),)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"not UTF-8 text (byte {error.start}); save the file as UTF-8"
        return None, (Problem(name, message),)
    value, found = _parse(text)
    return (None if found else value), tuple(Problem(name, message) for message in found)


def _parse(text: str) -> tuple[Any, list[str]]:
    """Return the value and its problems."""
    found: list[str] = []
    too_deep = f"nested too deeply; allowed: at most {MAX_DEPTH} levels"
    try:
        value = json.loads(
            text,
            object_pairs_hook=lambda pairs: _object(pairs, found),
            parse_constant=lambda word: found.append(f"{word} is not a JSON value"),
            parse_int=lambda digits: _number(int, digits, found),
            parse_float=lambda digits: _number(float, digits, found),
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        return None, [f"not valid JSON at {where}: {error.msg}"]
    except RecursionError:
        return None, [too_deep]
    if not isinstance(value, dict):
        return None, found or [f"contains {describe(value)}; allowed: one JSON object {{...}}"]
    may_be_too_deep = text.count("{") + text.count("[") >= MAX_DEPTH
    if may_be_too_deep and _is_too_deep(value):
        return None, [too_deep]
    if _SURROGATE.search(text) and _has_unpaired_surrogate(value):
        found.append("unpaired surrogate (a \\uD800-\\uDFFF escape that is half a character)")
    return value, found


def _object(pairs: list[tuple[str, Any]], found: list[str]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        counts = Counter(key for key, _ in pairs)
        found.extend(
            f"the key {describe(key)} occurs more than once in one object"
            for key, count in counts.items()
            if count > 1
        )
    return value


def _number(kind: type[int] | type[float], digits: str, found: list[str]) -> int | float:
    try:
        number = kind(digits)
    except ValueError:  # Python limits the digits of an int
        number = math.inf
    if abs(number) == math.inf:
        found.append(f"the number {_short(digits)} is too large")
    return number


def _is_too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [child for parent in level for child in _children(parent)]
    return bool(level)


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _has_unpaired_surrogate(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


def describe(value: Any) -> str:
    """Return a short description of a JSON value, such as `the number 3` or `an array of 2`."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {_short(json.dumps(value))}"
        case str():
            return quoted(value)
        case list():
            return f"an array of {len(value)}"
        case _:
            return "an object"


def quoted(text: str) -> str:
    """Return `text` in double quotes, cut to 60 characters, unprintable characters escaped."""
    shown = json.dumps(text[:_MAX_SHOWN_CHARS], ensure_ascii=False)
    printable = (char if char.isprintable() else json.dumps(char)[1:-1] for char in shown)
    more = "..." if len(text) > _MAX_SHOWN_CHARS else ""
    return f"{''.join(printable)}{more}"


def _short(text: str) -> str:
    return text if len(text) <= _MAX_SHOWN_CHARS else text[: _MAX_SHOWN_CHARS - 3] + "..."
