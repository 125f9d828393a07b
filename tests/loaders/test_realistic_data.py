"""The realistic datasets, from their files to a published page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.data_files import DATA_EXTRA
from tests.realistic_data import REALISTIC, RealisticData

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(params=REALISTIC, ids=lambda one: one.name)
def dataset(request: pytest.FixtureRequest) -> RealisticData:
    """Each dataset; skipped where a library that it needs is not installed."""
    one: RealisticData = request.param
    for library in one.libraries:
        pytest.importorskip(library, reason=DATA_EXTRA)
    return one


def test_dataset_is_the_same_bytes_each_time(dataset: RealisticData, tmp_path: Path) -> None:
    first, second = (bytes_below(dataset.write(tmp_path / name)) for name in ("a", "b"))
    assert first == second


def bytes_below(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}
