"""Catalog folders to work in."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "catalog"
    folder.mkdir(mode=0o755)
    return folder


@pytest.fixture
def open_root() -> Iterator[Path]:
    """A catalog folder that every user of the machine can reach."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        root = Path(folder) / "catalog"
        root.mkdir()
        root.chmod(0o777)
        yield root
