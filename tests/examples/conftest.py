from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest

from tests.data_files import TORCH_EXTRA

ROOT = Path(__file__).parents[2]


@pytest.fixture
def examples() -> Path:
    return ROOT / "examples"


@pytest.fixture(scope="session")
def jetclass() -> Any:
    """The loader as a module; imported late because PyTorch takes seconds."""
    for package in ("torch", "h5py"):
        pytest.importorskip(package, reason=TORCH_EXTRA)
    return importlib.import_module("examples.jetclass.jetclass_loader")
