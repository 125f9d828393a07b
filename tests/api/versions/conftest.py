"""The data of iris, for which versions are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from huggingnersc.adapters.inventory import hash_files
from tests.api.iris import catalog_iris
from tests.open_data import open_iris

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.api.conftest import Centre


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files that were just written be as good as old ones."""
    monkeypatch.setattr(hash_files, "SETTLED_NS", 0)


@pytest.fixture
def data(centre: Centre) -> Iterator[Path]:
    """The data of iris, which is cataloged."""
    with open_iris() as data:
        catalog_iris(centre, data_path=data)
        yield data
