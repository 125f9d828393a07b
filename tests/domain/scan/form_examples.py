"""Examples of a regular expression, the same in every run."""

from __future__ import annotations

import random
import re
from importlib import import_module
from typing import Any

code: Any = import_module("re._constants")
parser: Any = import_module("re._parser")

_ANY = [chr(number) for number in range(32, 127)]


def example(pattern: str, seed: int) -> str:
    """Return a text that may match `pattern`: what stands around a match is not looked at."""
    return _text(parser.parse(pattern), random.Random(seed))  # noqa: S311 - no secret


def longest(pattern: str) -> int:
    """Return the most characters that `pattern` matches."""
    return int(parser.parse(pattern).getwidth()[1])


def _text(nodes: Any, chance: random.Random) -> str:
    return "".join(_one(kind, value, chance) for kind, value in nodes)


def _one(kind: Any, value: Any, chance: random.Random) -> str:
    if kind is code.LITERAL:
        return chr(value)
    if kind is code.ANY:
        return chance.choice(_ANY)
    if kind is code.NOT_LITERAL:
        return chance.choice([character for character in _ANY if ord(character) != value])
    if kind is code.IN:
        return chance.choice(_characters(value))
    if kind in {code.MAX_REPEAT, code.MIN_REPEAT, code.POSSESSIVE_REPEAT}:
        least, most, inner = value
        return "".join(_text(inner, chance) for _ in range(max(least, min(most, 1))))
    if kind is code.BRANCH:
        return _text(chance.choice(value[1]), chance)
    if kind is code.SUBPATTERN:
        return _text(value[3], chance)
    if kind is code.GROUPREF:
        return '"'
    assert kind in {code.AT, code.ASSERT, code.ASSERT_NOT}, kind
    return ""


def _characters(items: Any) -> list[str]:
    if items[0][0] is code.NEGATE:
        refused = set(_characters(items[1:]))
        return [character for character in _ANY if character not in refused]
    return [character for kind, value in items for character in _members(kind, value)]


def _members(kind: Any, value: Any) -> list[str]:
    if kind is code.LITERAL:
        return [chr(value)]
    if kind is code.RANGE:
        return [chr(number) for number in range(value[0], value[1] + 1)]
    signs = {code.CATEGORY_DIGIT: r"\d", code.CATEGORY_WORD: r"\w", code.CATEGORY_SPACE: " "}
    signs[code.CATEGORY_NOT_SPACE] = r"\S"
    return [character for character in _ANY if re.fullmatch(signs[value], character)]
