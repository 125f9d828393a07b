"""Texts as literals of R and Julia."""

from __future__ import annotations

import json


def r_literal(text: str) -> str:
    """Write a text as an R literal; the escapes of JSON are also those of R."""
    return json.dumps(text, ensure_ascii=False)


def julia_literal(text: str) -> str:
    """Write a text as a Julia literal, in which a dollar sign would begin a value."""
    return json.dumps(text, ensure_ascii=False).replace("$", r"\$")
