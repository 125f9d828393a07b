"""A metadata document held against a JSON Schema, every problem told with its JSON path."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from huggingnersc.domain.metadata.strict_json import describe
from huggingnersc.domain.problems import Problem, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from jsonschema.exceptions import ValidationError

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def find_problems(document: Any, schema: Mapping[str, Any], *, name: str) -> tuple[Problem, ...]:
    """Give every place where `document` breaks `schema` (JSON Schema 2020-12), in path order.

    Args:
        document: the parsed JSON value.
        schema: the parsed schema.
        name: the file's name; each problem's `where` is `name: $.json.path`.
    """
    from jsonschema import Draft202012Validator  # 80 ms, only where something is validated

    errors = sorted(
        Draft202012Validator(schema).iter_errors(document),
        key=lambda error: ([str(step) for step in error.absolute_path], str(error.validator)),
    )
    return tuple(
        Problem(f"{name}: {path}", message)
        for error in errors
        for path, message in _explain(error)
    )


def json_path(steps: Iterable[str | int]) -> str:
    """Write a path as JSONPath: `$.datacard_tags.tags[0]`, odd keys as `['a b']`."""
    return "$" + "".join(_step(step) for step in steps)


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if _PLAIN_KEY.fullmatch(step) else f"[{step!r}]"


def _explain(error: ValidationError) -> Iterator[tuple[str, str]]:
    steps = list(error.absolute_path)
    found: Any = error.instance
    limit: Any = error.validator_value
    schema: Any = error.schema
    here = json_path(steps)
    match error.validator:
        case "enum":
            yield here, _not_allowed(found, limit)
        case "type":
            yield here, f"found {describe(found)}; allowed: {_type_name(limit)}"
        case "required":
            missing = next(key for key in limit if error.message.startswith(repr(key)))
            yield json_path([*steps, missing]), "missing; this key is required"
        case "additionalProperties":
            known = schema.get("properties", {})
            for key in sorted(set(found) - set(known)):
                yield json_path([*steps, key]), _unknown_key(key, known)
        case "minItems":
            yield here, f"found an empty array; allowed: at least {limit} value"
        case "uniqueItems":
            yield here, f"found {_repeated(found)} more than once; allowed: each value once"
        case _:
            yield here, f"found {describe(found)}; {error.message}"


def _not_allowed(found: Any, allowed: Sequence[Any]) -> str:
    return f"found {describe(found)}; {_suggestion(found, allowed)}allowed: {_listing(allowed)}"


def _unknown_key(key: str, known: Iterable[str]) -> str:
    names = sorted(known)
    return f"unknown key; {_suggestion(key, names)}allowed: {_listing(names)}"


def _suggestion(found: Any, allowed: Iterable[Any]) -> str:
    words = [word for word in allowed if isinstance(word, str)]
    close = nearest(found, words) if isinstance(found, str) else ()
    return f'nearest: "{close[0]}"; ' if close else ""


def _listing(values: Iterable[Any]) -> str:
    return ", ".join(str(value) for value in values)


def _type_name(limit: Any) -> str:
    names = limit if isinstance(limit, list) else [limit]
    return " or ".join(f"{'an' if name[0] in 'aeio' else 'a'} {name}" for name in names)


def _repeated(values: Sequence[Any]) -> str:
    first = next((value for index, value in enumerate(values) if value in values[:index]), None)
    return describe(first)
