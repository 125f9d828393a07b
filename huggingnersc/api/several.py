"""Arguments of the Python API that take several values, or a single one in place of a list."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

    Words: TypeAlias = str | Iterable[str]
    Files: TypeAlias = str | PathLike[str] | Iterable[str | PathLike[str]]


def words(values: Words) -> tuple[str, ...]:
    """Return the texts of an argument; a single text is one, not its letters."""
    return (values,) if isinstance(values, str) else tuple(values)


def paths(files: Files) -> tuple[Path, ...]:
    """Return the paths of an argument; a single one is one, not its letters."""
    if isinstance(files, str | PathLike):
        return (Path(files),)
    return tuple(map(Path, files))
