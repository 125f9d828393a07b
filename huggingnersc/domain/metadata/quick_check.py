"""A fast yes or no for many documents of one schema; `schema` reports the problems."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# fastjsonschema implements draft 7. These keywords mean the same there and in 2020-12, and both
# libraries agree on them; a schema with any other keyword is left to jsonschema.
NAMES = "x-names"  # beside an enum of codes: the code that each name means
_ANNOTATIONS = frozenset({"$comment", "$schema", "description", "title", NAMES})
_MAX_ENUM = 100
_LIMITS = frozenset({"maxItems", "maxLength", "minItems", "minLength", "required", "uniqueItems"})
_TYPES = frozenset({"array", "boolean", "null", "object", "string"})


def quick_check(schema: Mapping[str, Any]) -> Callable[[Any], bool] | None:
    """Return a fast check of documents against `schema` (a valid 2020-12 schema).

    It never accepts what jsonschema rejects. It may reject what jsonschema accepts, so a rejected
    document is validated again by jsonschema, which also names the problems.

    Returns:
        The check, or None for a schema that uses a keyword the two libraries may disagree on.
    """
    return _compiled(json.dumps(schema)) if _is_known(schema) else None


@lru_cache(maxsize=8)
def _compiled(schema: str) -> Callable[[Any], bool] | None:
    """Return the check against a schema of known keywords; to compile it takes 10 ms."""
    import fastjsonschema

    formats: dict[str, Callable[[str], bool]] = {}
    short = _without_long_enums(json.loads(schema), formats)
    try:
        validate = fastjsonschema.compile(short, formats=formats, use_default=False)
    except fastjsonschema.JsonSchemaDefinitionException:  # such as a schema nothing satisfies
        return None

    def is_valid(document: Any) -> bool:
        try:
            validate(document)
        except fastjsonschema.JsonSchemaValueException:
            return False
        return True

    return is_valid


def _without_long_enums(schema: Any, formats: dict[str, Callable[[str], bool]]) -> Any:
    """Return a schema of known keywords with each long list of texts as a format of its own.

    A set is asked in no time, where a list of 8,000 codes takes 1 ms a document and 1 s to
    compile. A known keyword is never `format`, so there are no others.
    """
    if isinstance(schema, list):
        return [_without_long_enums(part, formats) for part in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {key: _without_long_enums(part, formats) for key, part in schema.items()}
    if schema.get("type") != "string" or len(schema.get("enum", ())) <= _MAX_ENUM:
        return parts
    name = f"enum-{len(formats)}"
    formats[name] = frozenset(parts.pop("enum")).__contains__
    return {**parts, "format": name}


def _is_known(schema: Any) -> bool:
    return isinstance(schema, dict) and all(
        _is_known_keyword(key, rule) for key, rule in schema.items()
    )


def _is_known_keyword(key: str, rule: Any) -> bool:
    match key:
        case "type":
            return isinstance(rule, str) and rule in _TYPES
        case "enum":
            return all(isinstance(value, str) for value in rule)
        case "properties":
            return all(_is_known(value) for value in rule.values())
        case "items":
            return _is_known(rule)
        case "additionalProperties":
            return isinstance(rule, bool) or _is_known(rule)
        case _:
            return key in _ANNOTATIONS or key in _LIMITS
