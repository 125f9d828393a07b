"""The optional libraries that read data files, imported when such a file is read."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from huggingnersc.errors import DatasetError, InstallationError

if TYPE_CHECKING:
    from pathlib import Path


def data_library(module: str, kind: str) -> Any:
    """Return a module that reads a kind of file.

    Raises:
        InstallationError: it is not installed; the hint is the command that installs it.
    """
    try:
        return import_module(module)
    except ImportError as error:
        package = {"PIL": "Pillow"}.get(name := module.partition(".")[0], name)
        raise InstallationError(
            f"Reading {kind} files needs {package}, which is not installed.",
            hint=f'pip install -e ".[data]" (or pip install {package})',
        ) from error


def check_name(file: Path, kind: str) -> None:
    """Check that a library which takes names as UTF-8 can open a file.

    Raises:
        DatasetError: its name is not UTF-8.
    """
    try:
        str(file).encode()
    except UnicodeEncodeError as error:
        raise DatasetError(
            f"{str(file)!a} cannot be read as {kind}: its name is not UTF-8.",
            hint="Rename it.",
        ) from error
