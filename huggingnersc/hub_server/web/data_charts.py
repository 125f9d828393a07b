"""Small plots of numbers as the shapes of an inline SVG: bars, ranges and fields of color."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

CHART_WIDTH, CHART_HEIGHT = 120, 30
_BAR_GAP = 0.8
_LARGEST = 1e300
_LEAST_HEIGHT = 1.0  # of a bar that stands for something
_MOST_ROWS, _MOST_COLUMNS = 48, 64
_Item = TypeVar("_Item")
# Viridis, from the smallest value to the largest.
_COLORS = [
    "#440154",
    "#482878",
    "#3e4a89",
    "#31688e",
    "#26838f",
    "#1f9d8a",
    "#35b779",
    "#6dcd59",
    "#b4de2c",
    "#fde725",
]


@dataclass(frozen=True, slots=True)
class RangePlot:
    """Where a middle is between two ends, in units of a plot `CHART_WIDTH` wide.

    Attributes:
        start: where the middle half begins.
        width: of the middle half; 0 where only a mean is known.
        middle: the median or the mean.
    """

    start: float
    width: float
    middle: float


@dataclass(frozen=True, slots=True)
class FieldPlot:
    """A slice of an array as squares of colors.

    Attributes:
        title: the name of the array, and where the slice is.
        alt: what it shows, in words.
        width: how many squares are beside each other.
        height: how many are below each other.
        areas: a color and the squares that have it, as the data of an SVG path.
        low: what the first color stands for, in words; `high` likewise.
        colors: all, from low to high.
    """

    title: str
    alt: str
    width: int
    height: int
    areas: tuple[tuple[str, str], ...]
    low: str
    high: str
    colors: tuple[str, ...] = tuple(_COLORS)


def bars_path(counts: Sequence[int]) -> str:
    """Return the bars of a histogram as the data of an SVG path; empty without any number."""
    largest = max(counts, default=0)
    if largest <= 0:
        return ""
    step = CHART_WIDTH / len(counts)
    bars = []
    for place, count in enumerate(counts):
        if count > 0:
            height = max(_LEAST_HEIGHT, count / largest * CHART_HEIGHT)
            x, width = place * step, step - _BAR_GAP
            bars.append(f"M{x:.4g} {CHART_HEIGHT}v-{height:.4g}h{width:.4g}v{height:.4g}z")
    return "".join(bars)


def range_plot(low: float, high: float, inner: Sequence[float]) -> RangePlot | None:
    """Return where one or three numbers are between two; None where there is no width.

    Args:
        low: the smallest number.
        high: the largest one.
        inner: the quartiles, or only a mean.
    """
    spread = high - low
    if not spread > 0 or not math.isfinite(spread) or not all(map(math.isfinite, inner)):
        return None
    places = sorted(min(max((one - low) / spread, 0), 1) * CHART_WIDTH for one in inner)
    first, middle, last = places[0], places[len(places) // 2], places[-1]
    return RangePlot(round(first, 1), round(last - first, 1), round(middle, 1))


def color_areas(
    values: Sequence[Sequence[float | None]],
) -> tuple[int, int, tuple[tuple[str, str], ...]]:
    """Return the width and height of a field, and the squares of each color as an SVG path.

    Missing values and those that are not finite have no square.
    """
    rows = [_thinned(row, _MOST_COLUMNS) for row in _thinned(values, _MOST_ROWS)]
    known = [one for row in rows for one in row if one is not None and abs(one) < _LARGEST]
    if not known:
        return 0, 0, ()
    low, spread = min(known), max(known) - min(known)
    paths: dict[int, list[str]] = {}
    for y, row in enumerate(rows):
        levels = [_level(one, low, spread) for one in row]
        for level, x, width in _runs(levels):
            paths.setdefault(level, []).append(f"M{x} {y}h{width}v1h-{width}z")
    areas = tuple((_COLORS[level], "".join(paths[level])) for level in sorted(paths))
    return max(map(len, rows)), len(rows), areas


def _thinned(items: Sequence[_Item], most: int) -> Sequence[_Item]:
    return items[:: max(1, -(-len(items) // most))]


def _level(value: float | None, low: float, spread: float) -> int:
    if value is None or abs(value) >= _LARGEST:
        return -1
    return min(len(_COLORS) - 1, int((value - low) / spread * len(_COLORS))) if spread else 0


def _runs(levels: Sequence[int]) -> list[tuple[int, int, int]]:
    """Return the level, the place and the length of each run of one known level."""
    runs, start = [], 0
    for place in range(1, len(levels) + 1):
        if place == len(levels) or levels[place] != levels[start]:
            if levels[start] >= 0:
                runs.append((levels[start], start, place - start))
            start = place
    return runs
