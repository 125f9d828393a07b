"""The structure of a data file as JSON values, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import PurePosixPath
from typing import Any, TypeVar

from huggingnersc.domain.draft.layout import (
    Array,
    ArraySplit,
    Column,
    ExampleUnit,
    FileLayout,
    ImageKey,
    ImageLayout,
    LabelTables,
)

_T = TypeVar("_T")


def layout_json(layout: FileLayout) -> dict[str, Any]:
    """Return the structure of a file as JSON values; what is as usual is left out."""
    return _object(layout)


def read_layout(content: Mapping[str, Any]) -> FileLayout:
    """Return the structure of a file that `layout_json` returned.

    Raises:
        ValueError: it is of another form; the sentence says how.
    """
    try:
        return _made(
            FileLayout,
            content,
            columns=_all(content, "columns", lambda one: _made(Column, one)),
            unrelated=_all(content, "unrelated", _array),
            whole=_all(content, "whole", _array),
            unit=ExampleUnit(content.get("unit", ExampleUnit.ROW)),
            splits=_all(content, "splits", lambda one: _made(ArraySplit, one)),
            images=_images(content.get("images")),
        )
    except (TypeError, KeyError, AttributeError, ValueError) as error:
        raise ValueError(f"the layout of a file cannot be read: {error}") from error


def _object(value: Any) -> dict[str, Any]:
    """Return the fields of a dataclass that are not as usual."""
    usual = {one.name: one.default for one in fields(value)}
    held = {name: getattr(value, name) for name in usual}
    return {name: _json(one) for name, one in held.items() if one != usual[name]}


def _json(value: Any) -> Any:
    if is_dataclass(value):
        return _object(value)
    if isinstance(value, tuple | list):
        return [_json(one) for one in value]
    if isinstance(value, Mapping):
        return {str(key): _json(one) for key, one in value.items()}
    return str(value) if isinstance(value, str | PurePosixPath) else value


def _made(kind: type[_T], content: Mapping[str, Any], **known: Any) -> _T:
    return kind(**{**{name: _value(one) for name, one in content.items()}, **known})


def _value(value: Any) -> Any:
    return tuple(map(_value, value)) if isinstance(value, list) else value


def _all(content: Mapping[str, Any], key: str, read: Any) -> tuple[Any, ...]:
    return tuple(map(read, content.get(key, ())))


def _array(content: Mapping[str, Any]) -> Array:
    return _made(Array, content)


def _images(content: Mapping[str, Any] | None) -> ImageLayout | None:
    if content is None:
        return None
    tables = content.get("tables")
    return _made(ImageLayout, content, tables=_tables(tables) if tables else None)


def _tables(content: Mapping[str, Any]) -> LabelTables:
    return _made(
        LabelTables,
        content,
        paths=_all(content, "paths", PurePosixPath),
        key=ImageKey(content["key"]),
        columns=_all(content, "columns", lambda one: _made(Column, one)),
    )
