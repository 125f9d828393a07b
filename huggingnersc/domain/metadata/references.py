"""A schema in several files made into one without references."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def inlined(schema: Any, others: Mapping[str, Any]) -> Any:
    """Return a schema with each `$ref` to another file replaced by what it names there.

    The keywords beside a `$ref` stay. The quick check knows no references.

    Args:
        schema: a schema of the program's own, or a part of it.
        others: the parsed files that it refers to, by their names.
    """
    if isinstance(schema, list):
        return [inlined(part, others) for part in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {key: inlined(part, others) for key, part in schema.items() if key != "$ref"}
    return {**parts, **_named(schema["$ref"], others)} if "$ref" in schema else parts


def _named(ref: str, others: Mapping[str, Any]) -> dict[str, Any]:
    file, _, path = ref.partition("#/")
    part = others[file]
    for step in path.split("/"):
        part = part[step]
    return dict(part)
