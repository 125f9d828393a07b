"""A portal for the loaders of published versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.range_server import RangeServer, range_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RangeServer]:
    """A portal that serves the folder of the test."""
    with range_server(tmp_path) as running:
        yield running
