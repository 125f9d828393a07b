"""The values that a metadata schema allows for each tag of the card, where it lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def allowed_values(schema: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the tags that a schema names, with their values; none where any value is allowed.

    Every part of a site's own schema may also be `true` or `false` in place of an object.
    """
    tags = _part(schema, "properties", "datacard_tags", "properties")
    return {key: _values(rule) for key, rule in tags.items() if rule is not False}


def _values(rule: Any) -> tuple[str, ...]:
    listed = _part(rule).get("enum") or _part(rule, "items").get("enum", ())
    return tuple(value for value in listed if isinstance(value, str))


def _part(rule: Any, *keys: str) -> Mapping[str, Any]:
    for key in keys:
        rule = rule.get(key) if isinstance(rule, dict) else None
    return rule if isinstance(rule, dict) else {}
