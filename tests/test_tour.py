"""docs/tour.md shows what its commands show."""

from __future__ import annotations

from docs.write_tour import FILE, tour


def test_the_tour_is_what_happens() -> None:
    assert FILE.read_text(encoding="utf-8") == tour(), "run: python docs/write_tour.py"
