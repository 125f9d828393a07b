"""Data that everyone may read, as that at a center; pytest's own folders are for their owner."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.builders import IRIS

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def open_folder() -> Iterator[Path]:
    """An empty folder that every user reaches and may write to."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        yield folder


@contextmanager
def open_iris() -> Iterator[Path]:
    """A copy of the data of iris, which everyone may read."""
    with open_folder() as folder:
        yield Path(shutil.copytree(IRIS / "data", folder / "iris"))
