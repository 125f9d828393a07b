"""Values as literals of generated code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huggingnersc.domain.text.markdown import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable


def docstring(text: str) -> str:
    """Escape `text` for a line of a Python docstring; read back, it is `one_line(text)`."""
    return one_line(text).replace("\\", "\\\\").replace('"', '\\"')


def literal(value: str | Iterable[str]) -> str:
    """Write a text or a list of texts as a Python literal, in double quotes where it can be."""
    if not isinstance(value, str):
        return f"[{', '.join(map(literal, value))}]"
    written = repr(value)
    # repr takes single quotes unless the text holds some and no double ones
    return f'"{written[1:-1]}"' if written[0] == "'" and '"' not in value else written
