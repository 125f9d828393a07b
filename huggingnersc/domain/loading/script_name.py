"""The name of the script that loads a dataset: Python can import it, and no other file has it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

_NO_IDENTIFIER = re.compile(r"[^A-Za-z0-9_]")


def is_script_name(path: str, nickname: str) -> bool:
    """Return whether the script of a dataset may have this name."""
    stem, dot, suffix = path.rpartition(".")
    number = stem.removeprefix(script_module(nickname))
    is_numbered = not number or (number[0] == "_" and number[1:].isdecimal())
    return (dot, suffix) == (".", "py") and number != stem and is_numbered


def script_module(nickname: str) -> str:
    """Return the usual name by which the script of a dataset is imported."""
    return f"load_{_NO_IDENTIFIER.sub('_', nickname)}"


def free_module(nickname: str, taken: Collection[str]) -> str:
    """Return the name by which a script is imported: one that no file of the steward has.

    Args:
        nickname: of the dataset.
        taken: the names of the files that are in the repository already.
    """
    lower = {name.casefold() for name in taken}
    plain = script_module(nickname)
    names = (plain, *(f"{plain}_{number}" for number in range(2, len(lower) + 3)))
    return next(name for name in names if not _is_taken(name, lower))


def _is_taken(name: str, taken: Collection[str]) -> bool:
    """Return whether a script of this name, or a module that hides it, is there."""
    return f"{name}.py".casefold() in taken
