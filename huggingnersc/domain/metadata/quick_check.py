"""A quick yes or no for many documents of one schema; what is wrong is told by `schema`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# fastjsonschema knows draft 7. These keywords mean the same there and in 2020-12, and it decides
# them as jsonschema does; a schema with any other one is left to jsonschema.
_ANNOTATIONS = frozenset({"$comment", "$schema", "description", "title"})
_LIMITS = frozenset({"maxItems", "maxLength", "minItems", "minLength", "required", "uniqueItems"})
_TYPES = frozenset({"array", "boolean", "null", "object", "string"})


def quick_check(schema: Mapping[str, Any]) -> Callable[[Any], bool] | None:
    """Make the check that says whether a document keeps `schema` (a valid 2020-12 schema).

    It never says yes where jsonschema says no. A no may be wrong in corners, so it is asked again
    there, where the reasons come from anyway.

    Returns:
        The check, or None for a schema that the quick library does not surely understand.
    """
    if not _is_known(schema):
        return None
    import fastjsonschema

    try:
        validate = fastjsonschema.compile(dict(schema), use_default=False, use_formats=False)
    except fastjsonschema.JsonSchemaDefinitionException:  # refuses what nothing can keep
        return None

    def keeps(document: Any) -> bool:
        try:
            validate(document)
        except fastjsonschema.JsonSchemaValueException:
            return False
        return True

    return keeps


def _is_known(schema: Any) -> bool:
    return isinstance(schema, dict) and all(_knows(key, rule) for key, rule in schema.items())


def _knows(key: str, rule: Any) -> bool:
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
