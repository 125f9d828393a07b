"""Draw boxes in rows, and arrows that lead down from box to box, as SVG.

The steps are those of Sugiyama, Tagawa and Toda (1981): an arrow that passes rows gets a bend in
each, the rows are ordered so that few arrows cross, then boxes move below what points at them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import mean
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

ORDER_ROUNDS, PLACE_ROUNDS = 60, 200
TITLE_WIDTH, NOTE_WIDTH = 8.0, 6.2  # pixels of a character
BOX_HEIGHT, ROW_HEIGHT, BAND_GAP = 30, 60, 14
SPACE, BEND_SPACE = 30, 14
MARGIN, LABEL_WIDTH = 16, 96
COLORS = ("#eef0f2", "#e6edf7", "#e5f2ea", "#f8f0df", "#f4e8f1", "#eef0f2", "#e4f1f4", "#f6eae6")


@dataclass
class Box:
    """A box in the row `row` of a band; higher rows of a band have higher numbers.

    A box without title and note is a bend of an arrow.
    """

    name: str
    band: int
    row: int
    title: str = ""
    note: str = ""
    above: list[Box] = field(default_factory=list, repr=False)
    below: list[Box] = field(default_factory=list, repr=False)
    x: float = 0.0
    y: float = 0.0

    @property
    def is_bend(self) -> bool:
        """Return whether only an arrow passes here."""
        return not (self.title or self.note)

    @property
    def width(self) -> float:
        """Return the width in pixels."""
        text = max(len(self.title) * TITLE_WIDTH, len(self.note) * NOTE_WIDTH)
        return 0 if self.is_bend else text + 18


Rows = list[list[Box]]


def picture(
    bands: Sequence[str],
    boxes: Iterable[Box],
    arrows: Iterable[tuple[str, str]],
    kept: Collection[tuple[str, str]] = (),
) -> str:
    """Return the boxes on their bands as SVG, top band first.

    An arrow that follows from others is left out, unless it is one of `kept`. The same input makes
    the same bytes.
    """
    named = {box.name: box for box in boxes}
    rows = _rows(named.values())
    for start, end in _without_implied(arrows, kept):
        _connect(rows, named[start], named[end])
    _order(rows)
    _place(rows)
    return "\n".join(_svg(bands, rows)) + "\n"


def _rows(boxes: Iterable[Box]) -> Rows:
    rows: dict[tuple[int, int], list[Box]] = defaultdict(list)
    for box in boxes:
        rows[box.band, -box.row].append(box)
    return [rows[key] for key in sorted(rows)]


def _without_implied(
    arrows: Iterable[tuple[str, str]], kept: Collection[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    below: dict[str, set[str]] = defaultdict(set)
    for start, end in sorted(arrows):
        below[start].add(end)

    def reached(names: set[str]) -> set[str]:
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            new = below.get(waiting.pop(), set()) - found
            found |= new
            waiting += new
        return found

    for start in sorted(below):
        implied = reached(below[start]) - {end for first, end in kept if first == start}
        for end in sorted(below[start] - implied):
            yield start, end


def _connect(rows: Rows, start: Box, end: Box) -> None:
    first, last = (next(n for n, row in enumerate(rows) if box in row) for box in (start, end))
    at = start
    for row in rows[first + 1 : last]:
        bend = Box(f"{start.name} -> {end.name}", row[0].band, row[0].row)
        row.append(bend)
        at = _join(at, bend)
    _join(at, end)


def _join(upper: Box, lower: Box) -> Box:
    upper.below.append(lower)
    lower.above.append(upper)
    return lower


def _order(rows: Rows) -> None:
    """Order each row by the mean place of its neighbors; keep the order with fewest crossings."""
    best, fewest = [list(row) for row in rows], _crossings(rows)
    for number in range(ORDER_ROUNDS):
        upwards = number % 2 == 1
        for row in reversed(rows) if upwards else rows:
            place = {id(box): n for other in rows for n, box in enumerate(other)}
            row.sort(key=lambda box: _mean_place(box, place, upwards=upwards))
        crossings = _crossings(rows)
        if crossings < fewest:
            best, fewest = [list(row) for row in rows], crossings
    rows[:] = best


def _mean_place(box: Box, place: dict[int, int], *, upwards: bool) -> float:
    neighbors = box.below if upwards else box.above
    return mean(place[id(other)] for other in neighbors) if neighbors else place[id(box)]


def _crossings(rows: Rows) -> int:
    count = 0
    for upper, lower in pairwise(rows):
        place = {id(box): n for n, box in enumerate(lower)}
        ends = [sorted(place[id(end)] for end in box.below) for box in upper]
        flat = [end for group in ends for end in group]
        count += sum(a > b for n, a in enumerate(flat) for b in flat[n + 1 :])
    return count


def _place(rows: Rows) -> None:
    """Give every box its x (of its middle) and y (of its top)."""
    for row in rows:
        _spread(row, [(0.0, 1)] * len(row))
    for number in range(PLACE_ROUNDS):
        for row in reversed(rows) if number % 2 else rows:
            _spread(row, [_wish(box) for box in row])
    left = min(box.x - box.width / 2 for row in rows for box in row)
    y, band = float(MARGIN), rows[0][0].band
    for row in rows:
        y += BAND_GAP * (row[0].band != band)
        band = row[0].band
        for box in row:
            box.x += MARGIN + LABEL_WIDTH - left
            box.y = y + (ROW_HEIGHT - BOX_HEIGHT) / 2
        y += ROW_HEIGHT


def _wish(box: Box) -> tuple[float, int]:
    """Return the x that makes a box's arrows straight, and its weight: long arrows weigh most."""
    neighbors = [*box.above, *box.below]
    weights = [(1, 3, 12)[box.is_bend + other.is_bend] for other in neighbors]
    total = sum(other.x * weight for other, weight in zip(neighbors, weights, strict=True))
    return (total / sum(weights), sum(weights)) if neighbors else (box.x, 1)


def _spread(row: list[Box], wishes: list[tuple[float, int]]) -> None:
    """Place boxes in order and apart, as near as possible to where they wish to be.

    That is isotonic regression, by pooling neighbors whose wishes overlap.
    """
    offsets = [0.0]
    for left, right in pairwise(row):
        space = BEND_SPACE if left.is_bend and right.is_bend else SPACE
        offsets.append(offsets[-1] + (left.width + right.width) / 2 + space)
    pools: list[tuple[float, int, int]] = []  # shift, weight and number of boxes that touch
    for (wish, weight), offset in zip(wishes, offsets, strict=True):
        pool = (wish - offset, weight, 1)
        while pools and pools[-1][0] > pool[0]:
            pool = _pooled(pools.pop(), pool)
        pools.append(pool)
    shifts = [shift for shift, _, count in pools for _ in range(count)]
    for box, offset, shift in zip(row, offsets, shifts, strict=True):
        box.x = offset + shift


def _pooled(a: tuple[float, int, int], b: tuple[float, int, int]) -> tuple[float, int, int]:
    weight = a[1] + b[1]
    return (a[0] * a[1] + b[0] * b[1]) / weight, weight, a[2] + b[2]


def _svg(bands: Sequence[str], rows: Rows) -> Iterator[str]:
    boxes = [box for row in rows for box in row]
    width = round(max(box.x + box.width / 2 for box in boxes) + 2 * MARGIN)
    height = round(max(box.y for box in boxes) + (ROW_HEIGHT + BOX_HEIGHT) / 2 + MARGIN)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="DejaVu Sans, Verdana, sans-serif" text-anchor="middle">'
    )
    yield '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7"'
    yield 'markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="#5b6b7b"/></marker></defs>'
    yield f'<rect width="{width}" height="{height}" fill="#fff"/>'
    for number, title in enumerate(bands):
        yield from _band(number, title, [b for b in boxes if b.band == number], width)
    yield '<g fill="none" stroke="#5b6b7b" stroke-width="1.2">'
    yield from (_arrow(box, end) for box in boxes if not box.is_bend for end in box.below)
    yield "</g>"
    for box in boxes:
        if not box.is_bend:
            yield from _drawn_box(box)
    yield "</svg>"


def _band(number: int, title: str, boxes: list[Box], width: float) -> Iterator[str]:
    inset = (ROW_HEIGHT - BOX_HEIGHT) / 2
    top = min(box.y for box in boxes) - inset
    bottom = max(box.y for box in boxes) + BOX_HEIGHT + inset
    yield (
        f'<rect x="{MARGIN / 2:.0f}" y="{top:.0f}" width="{width - MARGIN:.0f}" '
        f'height="{bottom - top:.0f}" rx="6" fill="{COLORS[number % len(COLORS)]}"/>'
    )
    for line, word in enumerate(title.split()):
        yield (
            f'<text x="{MARGIN}" y="{top + 21 + 16 * line:.0f}" text-anchor="start" '
            f'font-size="13.5" font-weight="bold" fill="#2d3a46">{escape(word)}</text>'
        )


def _arrow(start: Box, end: Box) -> str:
    """Return the path from a box over its bends to the next box."""
    x, y = start.x, start.y + BOX_HEIGHT
    path = [f"M{x:.0f} {y:.0f}"]
    while True:
        path.append(_curve(x, y, end.x, end.y))
        x, y = end.x, end.y
        if not end.is_bend:
            return f'<path marker-end="url(#tip)" d="{" ".join(path)}"/>'
        y += BOX_HEIGHT
        path.append(f"V{y:.0f}")
        (end,) = end.below


def _curve(x: float, y: float, to_x: float, to_y: float) -> str:
    middle = (y + to_y) / 2
    return f"C{x:.0f} {middle:.0f} {to_x:.0f} {middle:.0f} {to_x:.0f} {to_y:.0f}"


def _drawn_box(box: Box) -> Iterator[str]:
    is_room = bool(box.title)
    yield (
        f'<rect x="{box.x - box.width / 2:.0f}" y="{box.y:.0f}" width="{box.width:.0f}" '
        f'height="{BOX_HEIGHT}" rx="4" fill="#fff" stroke="#5b6b7b"'
        + ("/>" if is_room else ' stroke-dasharray="3 2"/>')
    )
    size, fill = (13, "#14202b") if is_room else (10.5, "#44525f")
    yield (
        f'<text x="{box.x:.0f}" y="{box.y + 19.5:.1f}" font-size="{size}" fill="{fill}">'
        f"{escape(box.title or box.note)}</text>"
    )
