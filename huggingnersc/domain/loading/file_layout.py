"""The layout of a source, as the templates of a script need it.

A source has the values of a draft's `FileLayout` as JSON, without those that are as usual; it
comes from a record, which anyone may have edited.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

USUAL_LAYOUT: Mapping[str, Any] = {  # of what the templates need
    "encoding": "utf-8-sig",
    "delimiter": ",",
    "has_header": True,
    "columns": (),
    "arrays": (),
    "texts": (),
    "dimension": None,
    "examples_at_once": 1,
    "block": 1,
    "unit": "row",
    "parent": "",
    "prefix": "",
    "splits": (),
    "coordinates": (),
    "times": (),
    "is_by_time": False,
    "is_array": False,
    "images": None,
}
USUAL_SPLIT: Mapping[str, Any] = {"name": "", "paths": {}, "parent": ""}
USUAL_IMAGES: Mapping[str, Any] = {"classes": (), "tables": None}
_COLUMN: Mapping[str, Any] = {"name": "", "type": ""}
_TABLES: Mapping[str, Any] = {
    "paths": (),
    "encoding": "",
    "delimiter": "",
    "has_header": True,
    "column": "",
    "key": "",
    "columns": (),
}
_LISTS_OF_TEXTS = frozenset({"arrays", "texts", "coordinates", "times", "classes", "paths"})
_KINDS = frozenset({"int", "float", "str"})
_KEYS = frozenset({"path", "name", "stem"})


def whole_layout(layout: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return a layout with what is as usual; None where it is not one that a draft could have."""
    try:
        found = _filled(USUAL_LAYOUT, layout)
        found["columns"] = [_filled(_COLUMN, one) for one in found["columns"]]
        found["splits"] = [_filled(USUAL_SPLIT, one) for one in found["splits"]]
        if found["images"] is not None:
            found["images"] = _images(found["images"])
    except (TypeError, ValueError):
        return None
    is_sound = found["block"] > 0 and all(one["name"] for one in found["splits"])
    return found if is_sound else None


def fits(file_type: str, layout: Mapping[str, Any]) -> bool:
    """Return whether a whole layout has what a script for files of a type needs."""
    if file_type == "csv":
        return _are_literal(layout["columns"])
    if file_type == "images":
        return layout["images"] is not None
    return bool(layout["times"]) or not layout["is_by_time"]


def _are_literal(columns: Iterable[Mapping[str, Any]]) -> bool:
    """Return whether the types of columns are those of Python, as in tables of text."""
    return all(column["type"] in _KINDS for column in columns)


def _images(images: Mapping[str, Any]) -> dict[str, Any]:
    found = _filled(USUAL_IMAGES, images)
    if found["tables"] is not None:
        tables = found["tables"] = _filled(_TABLES, found["tables"])
        tables["columns"] = [_filled(_COLUMN, one) for one in tables["columns"]]
        if tables["key"] not in _KEYS or not _are_literal(tables["columns"]):
            raise ValueError("no tables of labels")
    return found


def _filled(usual: Mapping[str, Any], given: Any) -> dict[str, Any]:
    """Return values with those that are as usual.

    Raises:
        ValueError: a value is of another kind than the usual one.
    """
    if not isinstance(given, dict):
        raise ValueError(f"{given!r} is no object")
    found = {**usual, **{key: one for key, one in given.items() if key in usual}}
    for key, value in found.items():
        if not _is_like(usual[key], value):
            raise ValueError(f"{key} is of another kind")
        if key in _LISTS_OF_TEXTS and not all(isinstance(one, str) for one in value):
            raise ValueError(f"{key} holds no texts")
    return found


def _is_like(usual: Any, value: Any) -> bool:
    if isinstance(usual, tuple):
        return isinstance(value, tuple | list)
    return usual is None or type(value) is type(usual)
