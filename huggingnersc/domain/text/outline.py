"""Nested values as lines for people."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.text.markdown import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class OutlineLine:
    """A line of an outline: how deep it is, its key, and its value on one line; or one of them."""

    depth: int
    key: str
    text: str


def outline(values: Mapping[str, Any], depth: int = 0) -> Iterator[OutlineLine]:
    """Yield the lines of JSON values, the inner ones below their key; nothing is left out."""
    for key, value in values.items():
        yield from _lines(_shown(key), value, depth)


def _lines(key: str, value: Any, depth: int) -> Iterator[OutlineLine]:
    texts = _text_lines(value) if isinstance(value, str) else []
    if len(texts) > 1:
        yield OutlineLine(depth, key, "")
        yield from (OutlineLine(depth + 1, "", text) for text in texts)
    elif not isinstance(value, dict | list):
        yield OutlineLine(depth, key, _scalar(value))
    elif not any(isinstance(inner, dict | list) for inner in _inner(value)):
        yield OutlineLine(depth, key, _flat(value))
    else:
        yield OutlineLine(depth, key, "")
        if isinstance(value, dict):
            yield from outline(value, depth + 1)
        for item in value if isinstance(value, list) else ():
            yield from _item(item, depth + 1)


def _item(value: Any, depth: int) -> Iterator[OutlineLine]:
    """Yield the lines of an item of a list, which has no key: its first line leads the others."""
    head, *rest = _lines("", value, depth)
    if rest:  # the head shows nothing
        first, *rest = (replace(line, depth=line.depth - 1) for line in rest)
        yield first
        yield from (replace(line, depth=line.depth + 1) for line in rest)
    else:
        yield head


def _inner(value: dict[str, Any] | list[Any]) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else value


def _flat(value: dict[str, Any] | list[Any]) -> str:
    if isinstance(value, dict):
        parts = [f"{_shown(key)}: {_scalar(inner)}" for key, inner in value.items()]
    else:
        parts = [_scalar(inner) for inner in value]
    return ", ".join(parts) or "none"


def _scalar(value: Any) -> str:
    if value is None:
        return "none"
    return _shown(value) if isinstance(value, str) else json.dumps(value)


def _shown(text: str) -> str:
    return one_line(text) or '""'


def _text_lines(text: str) -> list[str]:
    """Return the lines of a text that show anything."""
    return [line for line in map(one_line, text.splitlines()) if line]
