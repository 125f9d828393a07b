"""docs/tour.md shows what its commands show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docs.write_tour import FILE, environment, tour
from tests.forked_python import ForkedPython

if TYPE_CHECKING:
    from pathlib import Path


def test_the_tour_is_what_happens(tmp_path: Path) -> None:
    with ForkedPython(environment=environment(tmp_path)) as forked:
        shown = tour(python=str(forked.python))
    assert FILE.read_text(encoding="utf-8") == shown, "run: python docs/write_tour.py"
